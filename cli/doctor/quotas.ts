import { namesOf } from "../../settings/names.ts";
import { get, list } from "../api.ts";
import { at } from "../json.ts";
import { type Check, type Finding, ok, ownedIds, problem, refusal, unknown } from "./finding.ts";

/** How much of what an account may have is left. */

/** Clusters that a team has by default; forks of a drill count as well (DigitalOcean's docs). */
const CLUSTERS = 10;
/** Spaces keys that an account has (DigitalOcean's docs). */
const SPACES_KEYS = 200;

export const quotaChecks: Check = async (subject) =>
  (await Promise.all([clusters(subject), droplets(subject), keys(subject)])).flat();

const more = "delete what is not needed, or ask DigitalOcean's support for more";

function room(check: string, has: number, adds: number, limit: number): Finding {
  const text = `${has} of ${limit} in use, and the stack adds ${adds}`;
  return has + adds <= limit ? ok(check, text) : problem(check, text, more);
}

const clusters: Check = async (subject) => {
  const wanted = namesOf(subject.settings).clusters.length;
  if (wanted === 0) return [];
  const all = await list(subject.api, "/v2/databases", "databases");
  if (!Array.isArray(all)) return [refusal("cluster quota", "/v2/databases", all.refused)];
  const own = ownedIds(subject, "digitalocean:index/databaseCluster:DatabaseCluster");
  const has = all.filter((each) => own.has(String(at(each, "id")))).length;
  return [room("cluster quota", all.length, Math.max(0, wanted - has), CLUSTERS)];
};

const droplets: Check = async (subject) => {
  const { settings, api } = subject;
  if (settings.compute !== "droplets") return [];
  const check = "droplet quota";
  const [account, all] = [await get(api, "/v2/account"), await list(api, "/v2/droplets", "droplets")];
  const limit = at(account.body, "account", "droplet_limit");
  if (!Array.isArray(all)) return [refusal(check, "/v2/droplets", all.refused)];
  if (typeof limit !== "number") return [unknown(check, "the account does not tell its limit")];
  const { instances = 1, autoscale } = settings.droplets;
  const tag = `${settings.project.name}-${settings.environment}`;
  const own = all.filter((each) => subject.owned?.length && includes(at(each, "tags"), tag)).length;
  return [room(check, all.length, Math.max(0, (autoscale?.max ?? instances) - own), limit)];
};

const keys: Check = async (subject) => {
  const { documents, assets } = subject.settings;
  const wanted = [documents, assets].filter(({ enabled }) => enabled).length;
  if (wanted === 0) return [];
  const all = await list(subject.api, "/v2/spaces/keys", "keys");
  if (!Array.isArray(all)) return [refusal("Spaces key quota", "/v2/spaces/keys", all.refused)];
  const own = ownedIds(subject, "digitalocean:index/spacesKey:SpacesKey");
  const has = all.filter((each) => own.has(String(at(each, "access_key")))).length;
  return [room("Spaces key quota", all.length, Math.max(0, wanted - has), SPACES_KEYS)];
};

const includes = (values: unknown, value: string) => Array.isArray(values) && values.includes(value);
