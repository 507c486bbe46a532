import { type Api, get, mustList } from "./api.ts";
import { reason } from "./differences.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import type { Stack } from "./stack.ts";

/** What is on the cloud in a stack's project, or carries its tag, and costs money, but is not in its state. */
export interface Orphan {
  /** As DigitalOcean writes it: `do:dbaas:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30`. */
  urn: string;
  /** How it was found. */
  by: "project" | "tag";
}

/** A resource of a state, as `pulumi stack export` has it. */
export type StateResource = { type: string; id?: string; outputs?: Record<string, unknown> };

/** What a stack's state has, without its secrets. */
export async function stateOf(stack: Stack): Promise<StateResource[]> {
  const { code, stdout, stderr } = await stack.capture(["stack", "export", "--stack", stack.name]);
  if (code !== 0) throw new UserError(`the state of stack ${stack.name} can't be read: ${reason(stderr)}`);
  const resources = at(JSON.parse(stdout), "deployment", "resources");
  return Array.isArray(resources) ? resources : [];
}

const PROJECT = "digitalocean:index/project:Project";
const TAG = "digitalocean:index/tag:Tag";
const POOL = "digitalocean:index/dropletAutoscale:DropletAutoscale";

/** Kinds of things that can be listed by their tag. */
const tagged = [
  { path: "/v2/databases", key: "databases", kind: "dbaas" },
  { path: "/v2/droplets", key: "droplets", kind: "droplet" },
];

/** Looks through the projects and the tags that the state has. */
export async function orphans(api: Api, resources: StateResource[]): Promise<Orphan[]> {
  const ids = (type: string) =>
    resources.filter((resource) => resource.type === type).flatMap(({ id }) => id ?? []);
  const known = new Set(resources.flatMap(({ outputs }) => urnsIn(outputs)));
  for (const pool of ids(POOL))
    for (const member of await mustList(api, `/v2/droplets/autoscale/${pool}/members`, "droplets"))
      known.add(`do:droplet:${at(member, "droplet_id")}`);
  const found = new Map<string, Orphan>();
  const add = (urn: string, by: Orphan["by"]) => {
    if (!known.has(urn) && !found.has(urn)) found.set(urn, { urn, by });
  };
  for (const project of ids(PROJECT)) {
    if ((await get(api, `/v2/projects/${project}`)).status === 404) continue; // told as gone
    for (const item of await mustList(api, `/v2/projects/${project}/resources`, "resources"))
      add(String(at(item, "urn")), "project");
  }
  for (const tag of ids(TAG))
    for (const { path, key, kind } of tagged)
      for (const item of await mustList(api, `${path}?tag_name=${encodeURIComponent(tag)}`, key))
        add(`do:${kind}:${at(item, "id")}`, "tag");
  return [...found.values()];
}

/** Each resource shows its own URN, under a name that differs by type. */
function urnsIn(outputs: Record<string, unknown> = {}): string[] {
  return Object.values(outputs).filter(
    (value) => typeof value === "string" && /^do:\w+:./.test(value),
  ) as string[];
}
