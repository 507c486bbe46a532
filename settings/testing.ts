import * as pulumi from "@pulumi/pulumi";
import { type Recording, record } from "../components/testing.ts";

/** Runs the whole program for a test, without an engine. */

/** Where a local cloud would be. */
export const loopback = "http://127.0.0.1:7480";

const answers = {
  calls: {
    "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" },
    "digitalocean:index/getAccount:getAccount": { email: "team@example.com" },
  },
  state: {},
};

let runs = 0;

type Config = Record<string, unknown>;

/** What a stack with these settings finds around it: a local cloud, where it is meant for one. Every secret is one. */
export function surroundings(config: Config): { apiEndpoint?: string; secretKeys: string[] } {
  const here = config.environment === "local" || config.rehearsal === true;
  return { ...(here && { apiEndpoint: loopback }), secretKeys: secretKeys.filter((key) => key in config) };
}

const secretKeys = [
  "secretEnv",
  "postgresUri",
  "mongoUri",
  "cacheUri",
  "registryCredentials",
  "slackWebhook",
];

/** @param config settings by their key, as in a stack file without `breakwater:`. */
export function runProgram(config: Config): Promise<Recording<typeof import("../index.ts")>> {
  const keyed = Object.entries(config).map(([key, value]) => [
    `breakwater:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  runs += 1;
  const fresh = `../index.ts?test=${runs}`;
  const { apiEndpoint, secretKeys } = surroundings(config);
  const around = {
    SPACES_ENDPOINT_URL: apiEndpoint,
    BREAKWATER_SPACES_PROXY: apiEndpoint,
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys.map((key) => `breakwater:${key}`)),
  };
  for (const [name, value] of Object.entries(around))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  return record(async () => {
    const endpoint = apiEndpoint && { "digitalocean:apiEndpoint": apiEndpoint };
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(keyed), ...endpoint });
    return (await import(fresh)) as typeof import("../index.ts");
  }, answers);
}
