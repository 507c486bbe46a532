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

/** @param config settings by their key, as in a stack file without `breakwater:`. */
export function runProgram(
  config: Record<string, unknown>,
): Promise<Recording<typeof import("../index.ts")>> {
  const keyed = Object.entries(config).map(([key, value]) => [
    `breakwater:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  runs += 1;
  const fresh = `../index.ts?test=${runs}`;
  Object.assign(process.env, { SPACES_ENDPOINT_URL: loopback, BREAKWATER_SPACES_PROXY: loopback });
  return record(async () => {
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(keyed), "digitalocean:apiEndpoint": loopback });
    return (await import(fresh)) as typeof import("../index.ts");
  }, answers);
}
