import { fileURLToPath } from "node:url";
import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { assigned, drill } from "./config.ts";
import { clusterId, firewall, fromOutside, inVpc } from "./copy.ts";

/**
 * A restored copy of a cluster, and a throwaway app whose one job checks it inside the VPC: neither the copy's nor production's
 * trusted sources are opened to whoever runs this. Everything goes with `pulumi destroy`.
 */

const told = (restored: typeof inVpc) =>
  pulumi.secret(
    pulumi
      .all([assigned, restored])
      .apply(([known, at]) => JSON.stringify({ ...known, id: drill.id, engine: drill.engine, restored: at })),
  );

const app =
  drill.checks &&
  new digitalocean.App(
    "checks",
    {
      spec: {
        name: drill.checks.appName,
        region: drill.checks.appRegion,
        vpcs: [{ id: drill.vpcId }],
        alerts: [{ rule: "DEPLOYMENT_FAILED" }],
        jobs: [
          {
            name: "checks",
            kind: "PRE_DEPLOY",
            image: drill.checks.image,
            instanceSizeSlug: drill.checks.instanceSize,
            instanceCount: 1,
            runCommand: "node checks/main.ts",
            envs: [{ key: "DRILL", value: told(inVpc), type: "SECRET", scope: "RUN_TIME" }],
          },
        ],
      },
    },
    { dependsOn: firewall, customTimeouts: { create: "60m" } },
  );

/** Reads the job's log. What it prints lies in the state: counts and digests, no data. */
const collected =
  app &&
  new command.local.Command("result", {
    create: `"$BREAKWATER_NODE" collect.ts`,
    dir: fileURLToPath(new URL("./", import.meta.url)),
    environment: {
      BREAKWATER_NODE: process.execPath,
      DRILL_ID: drill.id,
      DRILL_APP: app.id,
      DRILL_PATIENCE_MINUTES: String(drill.checks?.patienceMinutes),
    },
    logging: "none",
  });

/** Id of the copy. */
export const copyId = clusterId;
/** Id of the throwaway app. */
export const appId = app?.id ?? null;
/** What the checks found, as JSON. */
export const result = collected?.stdout ?? null;
/** For checks that run elsewhere. */
export const assignment = drill.checks ? null : told(fromOutside);
