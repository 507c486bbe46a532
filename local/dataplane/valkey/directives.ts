import { createHash } from "node:crypto";
import type { ServerSpec, UserSpec } from "../engine.ts";

/** `valkey.conf`: what the platform's configuration of a cluster means to its server. */

export type Directives = Readonly<Record<string, string>>;

/**
 * What of a plan's memory is for data, MiB by MiB
 * (https://docs.digitalocean.com/products/databases/valkey/details/memory-usage/).
 */
const AVAILABLE: Readonly<Record<number, number>> = {
  1024: 512,
  2048: 1229,
  4096: 2560,
  8192: 5325,
  16384: 11_776,
  32768: 22_221,
  65536: 44_749,
};

/** What the clusters' users can't do: the platform's own business (https://aiven.io/docs/products/valkey/reference/restricted-commands). */
const RESERVED = [
  "acl",
  "bgrewriteaof",
  "bgsave",
  "cluster",
  "config",
  "debug",
  "failover",
  "lastsave",
  "migrate",
  "module",
  "monitor",
  "psync",
  "replicaof",
  "save",
  "shutdown",
  "slaveof",
  "sync",
];

const MIB = 1024 * 1024;

/** What can be set while the server runs, or with a restart. */
export function directivesOf({ memoryMib, config }: ServerSpec): Directives {
  const is = (name: string, standard: unknown) => String(config[`valkey_${name}`] ?? standard);
  const pubsub = Number(is("pubsub_client_output_buffer_limit", 32)) * MIB;
  return {
    maxmemory: String((AVAILABLE[memoryMib] ?? Math.floor(memoryMib * 0.68)) * MIB),
    "maxmemory-policy": is("maxmemory_policy", "noeviction").replaceAll("_", "-"),
    "client-output-buffer-limit": `pubsub ${pubsub} ${pubsub / 4} 60`,
    databases: is("number_of_databases", 16),
    "io-threads": is("io_threads", 1),
    "lfu-log-factor": is("lfu_log_factor", 10),
    "lfu-decay-time": is("lfu_decay_time", 1),
    timeout: is("timeout", 300),
    "notify-keyspace-events": is("notify_keyspace_events", ""),
    "active-expire-effort": is("active_expire_effort", 1),
    ...persistence(config),
  };
}

export const isDurable = (config: ServerSpec["config"]): boolean => config.valkey_persistence !== "off";
export const needsTls = (config: ServerSpec["config"]): boolean => config.valkey_ssl !== false;

/**
 * The platform dumps every ten minutes what has changed, and loses what came after. Here each write is also on the disk
 * before its answer: what was acknowledged survives.
 */
function persistence(config: ServerSpec["config"]): Directives {
  if (!isDurable(config)) return { save: "", appendonly: "no" };
  return { save: config.frequent_snapshots === false ? "" : "600 1", appendonly: "yes" };
}

/** The rules of a user's access, the password as its hash. A file with them gives no password away. */
export function aclOf(
  { password }: UserSpec,
  config: ServerSpec["config"],
  isAdministrator: boolean,
): string[] {
  const channels = isAdministrator || config.valkey_acl_channels_default !== "resetchannels" ? ["&*"] : [];
  return ["reset", "on", hashed(password), "~*", ...channels, "+@all", ...RESERVED.map((name) => `-${name}`)];
}

export const hashed = (password: string): string => `#${createHash("sha256").update(password).digest("hex")}`;

/** The text of the file: words quoted, so that nothing in one begins another line. */
export const fileOf = (directives: readonly (readonly string[])[]): string =>
  directives.map(([name, ...words]) => `${[name, ...words.map(quoted)].join(" ")}\n`).join("");

/** As the server takes apart what is quoted: anything but harmless ASCII as its bytes. */
const quoted = (word: string) =>
  `"${Buffer.from(word)
    .toString("latin1")
    .replace(/[^\w ./:~&*+@#-]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
