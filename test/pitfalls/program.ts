/** Programs of components on the real engine, against the local cloud: what a user's program meets. */
import type { TestContext } from "node:test";
import type { Cloud } from "../conformance/cloud.ts";
import { type Stack, stackFor } from "../conformance/stack.ts";

const components = new URL("../../components/index.ts", import.meta.url).href;

/** A fresh stack whose programs are written with {@link write}. After the test its cloud is a new one. */
export function fresh(t: TestContext, cloud: Cloud): Promise<Stack> {
  t.after(() => cloud.call("POST", "/_local/reset"));
  return stackFor(t, cloud, cloud.spaces);
}

/** Makes `body` the stack's program. It has `components`, `provider`, `opts` with it, `pulumi` and `digitalocean`. */
export function write(stack: Stack, body: string): void {
  stack.program(`
import * as components from "${components}";
const args = { apiEndpoint: process.env.CLOUD_URL, token: pulumi.secret(process.env.CLOUD_TOKEN) };
const provider = new digitalocean.Provider("digitalocean", args,
  { envVarMappings: { BREAKWATER_SPACES_PROXY: "HTTP_PROXY" } });
const opts = { providers: [provider] };
const open = { protect: false, retain: false };
${body}`);
}

/** A network, in which the rest of a program lives. */
export const network = `
const network = new components.Network("network",
  { region: "fra1", vpcName: "shop", ipRange: "10.20.0.0/20", protection: open }, opts);
const { vpcId, ipRange } = network;`;

/** A PostgreSQL cluster in it; `more` are further arguments, which win. */
export const postgres = (more = ""): string => `
const postgres = new components.Postgres("postgres", {
  clusterName: "shop-pg", region: "fra1", version: "17", size: "db-s-1vcpu-2gb", nodeCount: 1,
  maintenance: { day: "sunday", hour: "04:00" }, vpcId, vpcIpRange: ipRange, protection: open,
  databases: [{ name: "shop", user: "shop" }, { name: "stats", user: "reader" }],
  pools: [{ name: "shop-pool", database: "shop", size: 5 }], ${more} }, opts);`;

/** Operations of a preview by resource, without the resources that stay. */
export async function plan(stack: Stack): Promise<Record<string, string>> {
  return Object.fromEntries((await stack.preview()).map(({ name, op }) => [name, op]));
}
