import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../settings.ts";
import { namesOf } from "./names.ts";
import { loopback, runProgram } from "./testing.ts";

/** Names at DigitalOcean of everything that the program makes with these settings, by type. */
async function made(config: Record<string, unknown>) {
  const { resources } = await runProgram(config);
  const of = (type: string) =>
    resources
      .filter((resource) => resource.type.startsWith("digitalocean:") && resource.type.endsWith(`:${type}`))
      .map(({ inputs }) => String(inputs.name ?? (inputs.spec as { name: string }).name))
      .sort();
  return {
    project: of("Project").at(0),
    vpcs: of("Vpc"),
    clusters: of("DatabaseCluster"),
    apps: of("App"),
    zone: of("Domain").at(0),
  };
}

const domain = { name: "example.com" };
const cases: Record<string, Record<string, unknown>> = {
  "as they come": {},
  "with names of their own": {
    project: { name: "shop" },
    network: { name: "my-vpc" },
    postgres: { name: "my-pg" },
    mongo: { name: "my-mongo" },
    cache: { name: "my-cache" },
  },
  "without databases": {
    postgres: { provision: "none" },
    mongo: { provision: "none" },
    cache: { provision: "none" },
  },
  "on droplets, in two networks, with a zone": {
    compute: "droplets",
    network: { separateData: true },
    domain,
  },
};

for (const [what, given] of Object.entries(cases))
  test(`the names that must be free are those that the program gives: settings ${what}`, async () => {
    const config = { environment: "local", ...given };
    const { settings, problems } = parse({ config, apiEndpoint: loopback });
    assert.ok(settings, JSON.stringify(problems));
    const { project, vpcs, clusters, apps, zone } = namesOf(settings);
    assert.deepEqual(
      {
        project,
        vpcs: vpcs.map(({ name }) => name).sort(),
        clusters: clusters.sort(),
        apps: apps.sort(),
        zone,
      },
      await made(config),
    );
  });
