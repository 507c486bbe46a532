import { z } from "zod";
import type { StoreAddress } from "../../runbooks/restore-drill/dumps/index.ts";
import { type Api, mustList } from "../api.ts";
import { UserError } from "../errors.ts";
import { at } from "../json.ts";
import { isLocal, openStack } from "../stack.ts";
import { ask } from "./ask.ts";

/** The cluster that a drill restores a copy of, as a stack's outputs and the API tell of it. */

export const engines = { pg: "postgres", mongodb: "mongo", valkey: "cache" } as const;
export type EngineName = keyof typeof engines;

export interface TrustedSource {
  type: string;
  value: string;
}

export interface Source {
  engine: EngineName;
  clusterId: string;
  clusterName: string;
  version: string;
  size: string;
  storageMib: string | undefined;
  region: string;
  vpcId: string;
  vpcRange: string;
  /** The product's databases, as the users whom they belong to. The URIs are secret, as is the canary's. */
  databases: { name: string; user: string; uri: string }[];
  canaryUri: string | undefined;
  ca: string;
  /** Id of the app whose worker ticks. */
  workerId: string;
  /** The bucket of the stack's dumps; undefined where it makes none. Secret. */
  dumps: (StoreAddress & { recipients: string[] }) | undefined;
  canaryPeriodSeconds: number;
  objectives: { rtoMinutes: number; rpoMinutes: number };
  image: object;
  /** What of the product goes into a deployment. Secret; known to drills of a cache alone. */
  product: object | undefined;
  /** What a cache does when its memory is full. */
  evictionPolicy: string | undefined;
  queries: Record<string, string>;
}

/** @throws UserError when no server of the local cloud stands behind the cluster: there is nothing that could be restored. */
export async function mustBeServed(
  stackName: string,
  { clusterId, clusterName }: Source,
  api: Api,
): Promise<void> {
  if (!isLocal(stackName)) return;
  const servers = await mustList(api, "/_local/servers", "servers");
  const server = servers.find((each) => at(each, "id") === clusterId);
  if (at(server, "state") === "serving") return;
  const why = at(server, "why") ?? "BREAKWATER_SERVERS=none turns servers off";
  throw new UserError(
    `no server stands behind ${clusterName} on this machine (${why}): nothing can be restored`,
  );
}

/** @throws UserError when the stack has nothing that could be restored. */
export async function sourceOf(stackName: string, engine: EngineName, api: Api): Promise<Source> {
  const outputs = await outputsOf(stackName);
  const section = engines[engine];
  const cluster = at(outputs, section);
  const recovery = at(outputs, "recovery");
  const text = (...keys: string[]) => {
    const value = at(cluster, ...keys);
    if (typeof value !== "string")
      throw new UserError(
        `stack ${stackName} has no output ${section}.${keys.join(".")}: bring it up with this version of the program first`,
      );
    return value;
  };
  if (!cluster)
    throw new UserError(
      `stack ${stackName} has no ${section} cluster of its own: there is nothing to restore`,
    );
  if (!recovery)
    throw new UserError(
      `stack ${stackName} has no canary (breakwater:recovery.canary), or was not brought up since it has: without it a drill can't measure RPO`,
    );
  const clusterId = text("clusterId");
  const { status, body } = await ask(api, `/v2/databases/${clusterId}`);
  if (status !== 200)
    throw new UserError(
      `cluster ${text("clusterName")} can't be read: HTTP ${status} ${at(body, "message") ?? ""}`,
    );
  const known = at(body, "database");
  const field = (name: string) => String(at(known, name) ?? "");
  const storage = at(known, "storage_size_mib");
  const number = (...keys: string[]) => Number(at(recovery, ...keys));
  const canaryUri = at(recovery, "canaryUris", section);
  return {
    engine,
    clusterId,
    clusterName: field("name"),
    version: field("version"),
    size: field("size"),
    storageMib: engine === "pg" && typeof storage === "number" && storage > 0 ? String(storage) : undefined,
    region: field("region"),
    vpcId: field("private_network_uuid"),
    vpcRange: String(at(outputs, "vpc", "ipRange")),
    databases:
      engine === "valkey"
        ? [{ name: "0", user: "default", uri: text("uri") }]
        : databasesIn(at(recovery, "databases", section), stackName),
    canaryUri: typeof canaryUri === "string" ? canaryUri : undefined,
    ca: text("caCertificate"),
    workerId: String(at(recovery, "appId")),
    dumps: dumps.nullish().parse(at(outputs, "dumps")) ?? undefined,
    canaryPeriodSeconds: number("canaryPeriodSeconds"),
    objectives: {
      rtoMinutes: number("objectives", "rtoMinutes"),
      rpoMinutes: number("objectives", "rpoMinutes"),
    },
    image: Object(at(recovery, "image")),
    product: engine === "valkey" ? Object(at(recovery, "product")) : undefined,
    evictionPolicy: field("eviction_policy") || undefined,
    queries: Object(at(recovery, "queries", section) ?? {}),
  };
}

const dumps = z.object({
  endpoint: z.string(),
  bucket: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  recipients: z.array(z.string()),
});

const databases = z.array(z.object({ name: z.string(), uri: z.url() })).min(1);

function databasesIn(output: unknown, stackName: string): Source["databases"] {
  const parsed = databases.safeParse(output);
  if (!parsed.success)
    throw new UserError(
      `stack ${stackName} does not say which databases it has: bring it up with this version of the program first`,
    );
  return parsed.data.map((each) => ({ ...each, user: decodeURIComponent(new URL(each.uri).username) }));
}

async function outputsOf(stackName: string): Promise<unknown> {
  const stack = await openStack(stackName);
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stackName];
  const { code, stdout, stderr } = await stack.capture(args);
  if (code === 0) return JSON.parse(stdout);
  const why = stderr
    .trim()
    .split("\n")
    .pop()
    ?.replace(/^error: /, "");
  throw new UserError(`the outputs of stack ${stackName} can't be read: ${why}`);
}

/** Who may connect to a cluster; undefined when the cluster is not there. */
export async function trustedSources(api: Api, clusterId: string): Promise<TrustedSource[] | undefined> {
  const { status, body } = await ask(api, `/v2/databases/${clusterId}/firewall`);
  if (status === 404) return undefined;
  const rules = at(body, "rules");
  if (status !== 200 || !Array.isArray(rules))
    throw new UserError(`the trusted sources of cluster ${clusterId} can't be read: HTTP ${status}`);
  return rules
    .map((rule) => ({ type: String(at(rule, "type")), value: String(at(rule, "value")) }))
    .sort((a, b) => `${a.type} ${a.value}`.localeCompare(`${b.type} ${b.value}`));
}
