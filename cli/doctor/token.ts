import type { Settings } from "../../settings.ts";
import { type Answer, type Api, get } from "../api.ts";
import { at } from "../json.ts";
import { type Check, type Finding, ok, problem, unknown } from "./finding.ts";

/** What is asked of the token: that it is valid, and that it may do what these settings need. */

/** Scopes that a deployment of some settings needs, by area (DigitalOcean's list of scopes, 2025-08-28). */
function needed(settings: Settings): { area: string; list: string; actions: string[] }[] {
  const all = ["create", "read", "update", "delete"];
  const { compute, domain, documents, assets, monitoring, network, postgres, mongo, cache, app } = settings;
  const managed = [postgres, mongo, cache].some(({ provision }) => provision === "managed");
  const droplets = compute === "droplets";
  const buckets = documents.enabled || assets.enabled;
  const rows: [needed: boolean, area: string, list: string, actions: string[]][] = [
    [true, "account", "/v2/account", ["read"]],
    [true, "regions", "/v2/regions", ["read"]],
    [true, "project", "/v2/projects", [...all, "assign_resource"]],
    [true, "tag", "/v2/tags", ["create", "read", "delete"]],
    [true, "vpc", "/v2/vpcs", all],
    [network.separateData, "vpc_peering", "/v2/vpc_peerings", all],
    [managed, "database", "/v2/databases", [...all, "view_credentials"]],
    [!droplets || postgres.provision === "managed", "app", "/v2/apps", all],
    [droplets, "droplet", "/v2/droplets", all],
    [droplets, "sizes", "/v2/sizes", ["read"]],
    [droplets, "ssh_key", "/v2/account/keys", all],
    [droplets, "firewall", "/v2/firewalls", all],
    [droplets, "load_balancer", "/v2/load_balancers", all],
    [droplets, "nat_gateway", "/v2/vpc_nat_gateways", all],
    [domain !== undefined, "domain", "/v2/domains", all],
    [domain !== undefined, "certificate", "/v2/certificates", ["create", "read", "delete"]],
    [buckets, "spaces_key", "/v2/spaces/keys", ["create_credentials", "read", "update", "delete"]],
    [documents.enabled || assets.enabled, "cdn", "/v2/cdn/endpoints", all],
    [monitoring.enabled, "monitoring", "/v2/monitoring/alerts", all],
    [monitoring.enabled, "uptime", "/v2/uptime/checks", all],
    [app.image.registryType === "DOCR", "registry", "/v2/registries", ["read"]],
  ];
  return rows.filter(([wanted]) => wanted).map(([, area, list, actions]) => ({ area, list, actions }));
}

export const tokenChecks: Check = async ({ api, settings }) => {
  const account = await get(api, "/v2/account");
  const valid = validity(account);
  if (valid.verdict === "problem") return [valid];
  return [valid, ...(await scopes(api, settings))];
};

function validity({ status, body }: Answer): Finding {
  const [check, fix] = [
    "token",
    "make a new one in the control panel (API, Tokens) and export it as DIGITALOCEAN_TOKEN",
  ];
  if (status === 401) return problem(check, "DigitalOcean refuses it: wrong, expired or revoked", fix);
  if (status === 403)
    return unknown(check, "it is valid, but may not read the account", "give it account:read");
  if (status !== 200) return unknown(check, `GET /v2/account answers HTTP ${status}`, "try again");
  const state = at(body, "account", "status");
  const team = at(body, "account", "team", "name") ?? at(body, "account", "email");
  return state === "active"
    ? ok(check, `valid, for ${team}`)
    : problem(check, `the account of ${team} is ${state}`, "DigitalOcean's support can lift that");
}

/**
 * The address that doctl asks about a token (`doctl auth init`), on another host than the API. It is in no documentation, so its
 * silence means nothing.
 */
const infoOf = ({ url, token }: Api): Api => ({ url: url.replace("//api.", "//cloud."), token });

async function scopes(api: Api, settings: Settings): Promise<Finding[]> {
  const areas = needed(settings);
  const info = await get(infoOf(api), "/v1/oauth/token/info").catch(() => undefined);
  const granted = info?.status === 200 ? at(info.body, "scopes") : undefined;
  if (!Array.isArray(granted)) return readable(api, areas);
  const has = (scope: string) =>
    granted.includes(scope) || granted.includes("write") || granted.includes("api:write");
  const missing = areas
    .flatMap(({ area, actions }) => actions.map((action) => `${area}:${action}`))
    .filter((scope) => !has(scope));
  return [
    missing.length === 0
      ? ok("scopes", "the token has every scope that these settings need")
      : problem("scopes", `missing: ${missing.join(", ")}`, "make a token that has them too"),
  ];
}

/** Without a list of its scopes: a token may read an area when the area's list answers. What it may write, only writing tells. */
async function readable(api: Api, areas: ReturnType<typeof needed>): Promise<Finding[]> {
  const answers = await Promise.all(
    areas.map(async (area) => ({ ...area, ...(await get(api, `${area.list}?per_page=1`)) })),
  );
  const refused = answers.filter(({ status }) => status === 403).map(({ area }) => `${area}:read`);
  const writes = areas.flatMap(({ area, actions }) =>
    actions.filter((action) => action !== "read").map((action) => `${area}:${action}`),
  );
  return [
    refused.length === 0
      ? ok("scopes to read", "each area that these settings need can be read")
      : problem("scopes to read", `missing: ${refused.join(", ")}`, "make a token that has them too"),
    unknown(
      "scopes to write",
      "a token does not tell, and a doctor does not try",
      `it needs ${writes.join(", ")}`,
    ),
  ];
}
