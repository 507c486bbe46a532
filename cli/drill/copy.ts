import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { isLoopback } from "../../settings/endpoint.ts";
import { type Api, mustList } from "../api.ts";
import { UserError } from "../errors.ts";
import { at } from "../json.ts";
import { home } from "../places.ts";
import { interruption, isAlive } from "../process.ts";
import { say } from "../progress.ts";
import { ask } from "./ask.ts";
import { trustedSources } from "./source.ts";

/**
 * What a drill makes at DigitalOcean, known by name alone: so it is found and taken away also when the drill that made it was killed.
 * `drill-<cluster>-<machine><process>`, where the first part is of the source's id; what shall stay is called `kept-...`.
 */

const machine = createHash("sha256").update(`${hostname()} ${home}`).digest("hex").slice(0, 4);

export const idFor = (clusterId: string) => `${clusterId.slice(0, 8)}-${machine}${process.pid.toString(36)}`;
export const nameFor = (id: string, keep: boolean) => `${keep ? "kept" : "drill"}-${id}`;

export interface Thing {
  kind: "cluster" | "app";
  id: string;
  name: string;
  createdAt: string;
}

const paths = { cluster: "/v2/databases", app: "/v2/apps" } as const;

/** Clusters and apps whose name begins so. */
async function named(api: Api, prefix: string): Promise<Thing[]> {
  const [clusters, apps] = await Promise.all([
    mustList(api, paths.cluster, "databases"),
    mustList(api, paths.app, "apps"),
  ]);
  const things = [
    ...clusters.map((cluster) => thing("cluster", cluster, at(cluster, "name"))),
    ...apps.map((app) => thing("app", app, at(app, "spec", "name"))),
  ];
  return things.filter(({ name }) => name.startsWith(prefix));
}

const thing = (kind: Thing["kind"], body: unknown, name: unknown): Thing => ({
  kind,
  id: String(at(body, "id")),
  name: String(name),
  createdAt: String(at(body, "created_at")),
});

/** Hours after which a drill on another machine is taken for dead. */
const LONGEST_DRILL = 4;

/**
 * Takes away what dead drills of a cluster have left.
 *
 * @throws UserError when another one is at work.
 */
export async function removeOrphans(api: Api, clusterId: string): Promise<Thing[]> {
  const prefix = `drill-${clusterId.slice(0, 8)}-`;
  const left = await named(api, prefix);
  for (const { name, createdAt } of left)
    if (isAtWork(name.slice(prefix.length), createdAt))
      throw new UserError(
        `another drill of this cluster is at work since ${createdAt}: wait for it, or remove ${name} by hand if it is dead`,
      );
  for (const orphan of left) {
    say(`Removing ${orphan.kind} ${orphan.name}, which a drill that was killed has left`);
    await remove(api, orphan);
  }
  return left;
}

function isAtWork(owner: string, createdAt: string): boolean {
  if (!owner.startsWith(machine)) return Date.now() - Date.parse(createdAt) < LONGEST_DRILL * 3_600_000;
  const pid = Number.parseInt(owner.slice(machine.length), 36);
  return pid !== process.pid && isAlive(pid) && commandOf(pid).includes("drill");
}

/** The command line of a process, where the system tells it (Linux); elsewhere every process may be a drill. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "drill";
  }
}

const isOnThisMachine = ({ url }: Api) => isLoopback(new URL(url));

/** Milliseconds between two looks: DigitalOcean allows 250 requests a minute. */
const pauseOf = (api: Api) => (isOnThisMachine(api) ? 200 : 2_000);

/** Minutes that a deletion may take. */
const DELETION = 10;

/** Deletes something and waits until it is not found any more. */
async function remove(api: Api, { kind, id, name }: Thing): Promise<void> {
  const path = `${paths[kind]}/${id}`;
  const deadline = Date.now() + DELETION * 60_000;
  for (;;) {
    const answer = await fetch(`${api.url}${path}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${api.token}` },
    }).catch(() => undefined);
    if (answer?.status === 404) return;
    if (Date.now() > deadline)
      throw new UserError(
        `${kind} ${name} (${id}) is still there and costs money: delete it by hand (HTTP ${answer?.status ?? "no answer"})`,
      );
    await delay(pauseOf(api));
  }
}

/** What was seen of the end: HTTP statuses of the copy, its trusted sources, and the app; 404 for each when all is gone. */
export interface CleanUp {
  cluster?: number;
  firewall?: number;
  app?: number;
}

/** Takes away everything of a drill, or its app alone, and writes down what proves it. */
export async function removeDrill(
  api: Api,
  name: string,
  proof: CleanUp = {},
  what: "everything" | "app" = "everything",
): Promise<void> {
  await ask(api, "/v2/account"); // an API that can't be reached is waited for before anything is counted on it
  for (const each of await named(api, name)) {
    if (what !== "everything" && each.kind !== what) continue;
    await remove(api, each);
    proof[each.kind] = (await ask(api, `${paths[each.kind]}/${each.id}`)).status;
    if (each.kind === "cluster")
      proof.firewall = (await ask(api, `${paths.cluster}/${each.id}/firewall`)).status;
  }
}

/** When the copy came to be, by asking the API: the provider looks every 15 seconds only. */
export interface Progress {
  clusterId?: string;
  status?: string;
  /** It was first seen: the platform has been asked for it. */
  orderedAt?: string;
  onlineAt?: string;
  /** Its trusted sources were there. */
  closedAt?: string;
  /** Why there will be no copy. DigitalOcean never says so: a copy that fails there just does not become online. */
  failure?: string;
}

/** Watches a copy until it is online behind its firewall, or has failed, or `ended` says that nothing more will come. */
export async function watch(api: Api, name: string, progress: Progress, ended: () => boolean): Promise<void> {
  const isDecided = () => progress.failure || (progress.onlineAt && progress.closedAt);
  while (!ended() && !interruption() && !isDecided()) {
    await look(api, name, progress).catch(() => undefined); // a look that fails is followed by another one
    await delay(pauseOf(api));
  }
}

async function look(api: Api, name: string, progress: Progress): Promise<void> {
  progress.clusterId ??= (await named(api, name)).find(({ kind }) => kind === "cluster")?.id;
  if (progress.clusterId === undefined) return;
  progress.orderedAt ??= new Date().toISOString();
  const { body } = await ask(api, `${paths.cluster}/${progress.clusterId}`);
  const now = new Date().toISOString();
  progress.status = String(at(body, "database", "status"));
  if (progress.status === "online") progress.onlineAt ??= now;
  else progress.failure = await failureOf(api, progress.clusterId);
  if ((await trustedSources(api, progress.clusterId))?.length) progress.closedAt ??= now;
}

/** Why the local cloud could not bring a cluster up. */
async function failureOf(api: Api, clusterId: string): Promise<string | undefined> {
  if (!isOnThisMachine(api)) return undefined;
  const servers = await mustList(api, "/_local/servers", "servers");
  const why = at(
    servers.find((server) => at(server, "id") === clusterId),
    "why",
  );
  return typeof why === "string" ? why : undefined;
}
