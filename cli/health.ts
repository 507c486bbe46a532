import { setTimeout as delay } from "node:timers/promises";
import { get } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { step } from "./progress.ts";
import { unreachable } from "./reach.ts";
import { serversOf } from "./servers.ts";

/** Whether what a stack has on the cloud is healthy, asked of the cloud itself. */

export type Outputs = Record<string, unknown>;

interface Check {
  name: string;
  path: string;
  /** Whether the answer shows health; otherwise the word for what it shows. */
  state: (answer: unknown) => State | Promise<State>;
}

type State = "healthy" | (string & {});

/** Longest wait for health, in milliseconds. */
const PATIENCE = 15 * 60_000;

/** Between two looks, in milliseconds. */
const PAUSE = 200;

/** The state of what the cloud does not have at all. */
const MISSING = "missing";

function checksOf(cloud: Cloud, outputs: Outputs): Check[] {
  const checks: Check[] = [];
  for (const name of ["postgres", "mongo", "cache"]) {
    const id = at(outputs, name, "clusterId");
    if (typeof id !== "string") continue;
    const state = (answer: unknown) => databaseState(cloud, id, at(answer, "database"));
    checks.push({ name, path: `/v2/databases/${id}`, state });
  }
  const compute = at(outputs, "compute", "id");
  if (at(outputs, "compute", "kind") === "app-platform" && typeof compute === "string") {
    const phase = (answer: unknown) => at(answer, "app", "active_deployment", "phase");
    const state = (answer: unknown) =>
      phase(answer) === "ACTIVE" ? "healthy" : String(phase(answer) ?? "not deployed");
    checks.push({ name: "app", path: `/v2/apps/${compute}`, state });
  } else if (typeof compute === "string")
    checks.push(active("droplets", `/v2/droplets/autoscale/${compute}`, "autoscale_pool"));
  const balancer = at(outputs, "compute", "loadBalancerId");
  if (typeof balancer === "string")
    checks.push(active("load balancer", `/v2/load_balancers/${balancer}`, "load_balancer"));
  for (const name of ["documents", "assets"]) {
    const bucket = at(outputs, name, "bucket");
    if (typeof bucket === "string") checks.push(exists(name, bucket));
  }
  return checks;
}

/** A database is healthy when its server answers, where there is one that lets this machine in. */
async function databaseState(cloud: Cloud, id: string, database: unknown): Promise<State> {
  const server = (await serversOf(cloud)).find((server) => server.id === id);
  const status = String(at(database, "status"));
  if (status !== "online") return server?.why ? `${status} (${server.why})` : status;
  if (server?.state !== "serving" || !server.admits_this_machine) return "healthy";
  const { body } = await get(cloud, `/v2/databases/${id}/ca`);
  const problem = await unreachable({
    host: String(at(database, "connection", "host")),
    port: Number(at(database, "connection", "port")),
    ca: Buffer.from(String(at(body, "ca", "certificate")), "base64").toString(),
    asksForTls: at(database, "engine") === "pg",
  });
  return problem === undefined ? "healthy" : `online, but ${problem}`;
}

/** What is healthy as soon as its status says so. */
function active(name: string, path: string, root: string): Check {
  const state = (answer: unknown) => {
    const status = at(answer, root, "status");
    return status === "active" ? "healthy" : String(status);
  };
  return { name, path, state };
}

/** A bucket: the API has no list of them, but the local cloud knows what it has. */
function exists(name: string, bucket: string): Check {
  const state = (answer: unknown) => {
    const contents = at(answer, "contents");
    const found = Array.isArray(contents) && contents.some((item) => at(item, "name") === bucket);
    return found ? "healthy" : MISSING;
  };
  return { name, path: "/_local/contents", state };
}

/** Waits until every check passes. Gives the names of what the cloud does not have at all. */
export async function untilHealthy(cloud: Cloud, outputs: Outputs): Promise<string[]> {
  const missing: string[] = [];
  let waiting = checksOf(cloud, outputs);
  await step("Checking health", async (detail) => {
    for (const deadline = Date.now() + PATIENCE; ; await delay(PAUSE)) {
      const seen = await Promise.all(
        waiting.map(async (check) => ({ check, state: await stateOf(cloud, check) })),
      );
      missing.push(...seen.filter(({ state }) => state === MISSING).map(({ check }) => check.name));
      const ill = seen.filter(({ state }) => state !== "healthy" && state !== MISSING);
      if (ill.length === 0) return;
      detail(ill.map(({ check, state }) => `${check.name} is ${state}`).join(", "));
      if (Date.now() > deadline)
        throw new UserError(
          `${ill.map(({ check, state }) => `${check.name} is still ${state}`).join(", ")}; look at ${cloud.url}`,
        );
      waiting = ill.map(({ check }) => check);
    }
  });
  return missing;
}

async function stateOf(cloud: Cloud, { path, state }: Check): Promise<string> {
  const answer = await fetch(`${cloud.url}${path}`, { headers: { authorization: `Bearer ${cloud.token}` } });
  if (answer.status === 404) return MISSING;
  return answer.ok ? state(await answer.json()) : `not readable (HTTP ${answer.status})`;
}
