import { fileURLToPath } from "node:url";
import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { makeCache } from "./cache.ts";
import { assigned, drill } from "./config.ts";
import { makeCopy, type Restored } from "./copy.ts";

/**
 * A restored copy of a cluster, and a throwaway app whose one job checks it inside the VPC: neither the copy's nor production's
 * trusted sources are opened to whoever runs this. Everything goes with `pulumi destroy`.
 */
const copy = drill.copy && makeCopy(drill.copy);
const cache = drill.cache && makeCache(drill.cache);

const told = (restored?: Restored["inVpc"]) =>
  pulumi.secret(
    pulumi
      .all([assigned, restored])
      .apply(([known, at]) => JSON.stringify({ ...known, id: drill.id, engine: drill.engine, restored: at })),
  );

const app =
  drill.job &&
  new digitalocean.App(
    "job",
    {
      spec: {
        name: drill.job.appName,
        region: drill.job.appRegion,
        vpcs: [{ id: drill.vpcId }],
        alerts: [{ rule: "DEPLOYMENT_FAILED" }],
        services: cache?.services,
        ingress: cache?.ingress,
        jobs: [
          {
            name: "drill",
            // What looks at the product comes after it.
            kind: cache ? "POST_DEPLOY" : "PRE_DEPLOY",
            image: drill.job.image,
            instanceSizeSlug: drill.job.instanceSize,
            instanceCount: 1,
            runCommand: `node ${drill.job.program}`,
            envs: [
              { key: "DRILL", value: told((copy ?? cache)?.inVpc), type: "SECRET", scope: "RUN_TIME" },
              ...(cache
                ? [{ key: "PRODUCT_URL", value: cache.productUrl, type: "GENERAL", scope: "RUN_TIME" }]
                : []),
            ],
          },
        ],
      },
    },
    { dependsOn: (copy ?? cache)?.firewall, customTimeouts: { create: "60m" } },
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
      DRILL_PATIENCE_MINUTES: String(drill.job?.patienceMinutes),
    },
    logging: "none",
  });

/** Id of the copy. */
export const copyId = copy?.clusterId ?? null;
/** Id of the throwaway app. */
export const appId = app?.id ?? null;
/** What the job found, as JSON. */
export const result = collected?.stdout ?? null;
/** For checks that run elsewhere. */
export const assignment = drill.job ? null : told(copy?.fromOutside);
