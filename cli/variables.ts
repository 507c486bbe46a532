import { type Api, get } from "./api.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import type { Stack } from "./stack.ts";

/**
 * App Platform encrypts a SECRET variable when it first sees it, with another result each time, and gives back that form alone. A
 * refresh then reports a difference that is none (terraform-provider-digitalocean#514, #1603; pulumi-digitalocean#624). Whether an
 * app has drifted is therefore told variable by variable.
 */

/** The lists of an app's spec that have variables: in Pulumi's spelling, and in the API's. */
const lists = {
  services: "services",
  workers: "workers",
  jobs: "jobs",
  functions: "functions",
  staticSites: "static_sites",
} as const;

interface Variable {
  value: string;
  secret: boolean;
}

/**
 * The variables whose value on the cloud is not that of the state, by component and name, of every app of a stack (by URN). Of
 * secrets only their presence can be seen.
 */
export async function changedVariables(stack: Stack, api: Api): Promise<Map<string, string[]>> {
  const apps = (await resourcesInClear(stack)).filter((resource) => at(resource, "type") === APP);
  const changed = apps.map(async (app): Promise<[string, string[]]> => {
    const { body } = await get(api, `/v2/apps/${at(app, "id")}`);
    const known = variablesOf(at(app, "outputs", "spec"), Object.keys(lists));
    const found = variablesOf(at(body, "app", "spec"), Object.values(lists));
    const places = new Set([...known.keys(), ...found.keys()]);
    return [
      String(at(app, "urn")),
      [...places].filter((place) => !isSame(known.get(place), found.get(place))).sort(),
    ];
  });
  return new Map(await Promise.all(changed));
}

const APP = "digitalocean:index/app:App";

/** A stack's resources with their secrets in clear. */
async function resourcesInClear(stack: Stack): Promise<unknown[]> {
  const { code, stdout } = await stack.capture(["stack", "export", "--show-secrets", "--stack", stack.name]);
  if (code !== 0) throw new UserError(`the state of stack ${stack.name} can't be read with its secrets`);
  return asList(at(JSON.parse(stdout), "deployment", "resources"));
}

function isSame(known: Variable | undefined, found: Variable | undefined): boolean {
  if (!known || !found || known.secret !== found.secret) return false;
  return known.secret ? found.value.startsWith("EV[") : found.value === known.value;
}

/** Every variable of a spec by its place: component list, component, key. */
function variablesOf(spec: unknown, keys: string[]): Map<string, Variable> {
  const found = new Map<string, Variable>();
  const add = (place: string, holder: unknown) => {
    for (const variable of asList(at(holder, "envs")))
      found.set(`${place} ${at(variable, "key")}`, {
        value: String(plain(at(variable, "value"))),
        secret: at(variable, "type") === "SECRET",
      });
  };
  add("app", spec);
  for (const key of keys)
    for (const component of asList(at(spec, key))) add(String(at(component, "name")), component);
  return found;
}

function asList(value: unknown): unknown[] {
  const list = plain(value);
  return Array.isArray(list) ? list : [];
}

/** What a shown secret holds: the engine wraps it, with its plain text as JSON. Providers differ in how deep they mark secrets. */
function plain(value: unknown): unknown {
  const text = at(value, "plaintext");
  return typeof text === "string" ? plain(JSON.parse(text)) : value;
}
