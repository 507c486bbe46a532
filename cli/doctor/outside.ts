import { Resolver } from "node:dns/promises";
import { get, list } from "../api.ts";
import { codeOf } from "../errors.ts";
import { at } from "../json.ts";
import { isLocal } from "../stack.ts";
import { type Check, ok, problem, refusal, unknown } from "./finding.ts";

/** What lies outside of the account's resources: delegation of the zone, the image, who is written to. */

export const outsideChecks: Check = async (subject) =>
  (await Promise.all([delegation(subject), image(subject), recipients(subject)])).flat();

/** Longest wait for a name server, in milliseconds. */
const PATIENCE = 5_000;

const delegation: Check = async ({ stack, settings, dnsServers }) => {
  const { domain } = settings;
  if (!domain || isLocal(stack)) return []; // a stack of this machine asks nobody else
  const check = "delegation";
  const fix =
    "at the registrar, enter ns1.digitalocean.com, ns2.digitalocean.com and ns3.digitalocean.com as name servers";
  const resolver = new Resolver({ timeout: PATIENCE, tries: 2 });
  if (dnsServers) resolver.setServers(dnsServers);
  try {
    const servers = (await resolver.resolveNs(domain.name)).map((server) => server.toLowerCase()).sort();
    const foreign = servers.filter((server) => !/^ns[1-3]\.digitalocean\.com$/.test(server));
    if (foreign.length === 0) return [ok(check, `${domain.name} is delegated to ${servers.join(", ")}`)];
    return [
      problem(
        check,
        `${domain.name} is delegated to ${foreign.join(", ")}: no certificate would be issued`,
        fix,
      ),
    ];
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (code === "ENOTFOUND" || code === "ENODATA")
      return [problem(check, `${domain.name} is not delegated to anyone`, fix)];
    return [unknown(check, `no name server answers (${code})`, "try again where DNS can be asked")];
  }
};

const image: Check = async ({ stack, settings, api }) => {
  if (isLocal(stack)) return []; // nothing is pulled on this machine
  const { registryType, registry, repository, tag, digest } = settings.app.image;
  const check = "image";
  const name = `${repository}${digest ? `@${digest}` : `:${tag}`}`;
  if (registryType !== "DOCR")
    return [
      unknown(
        check,
        `${registry ?? ""}/${name} lies in another registry (${registryType})`,
        `docker manifest inspect tells whether it is there`,
      ),
    ];
  const registries = await list(api, "/v2/registries", "registries");
  if (!Array.isArray(registries)) return [refusal(check, "/v2/registries", registries.refused)];
  const first = settings.droplets.registry ?? at(registries[0], "name");
  if (first === undefined)
    return [
      problem(
        check,
        "the account has no container registry",
        "create one in the control panel, then push the image to it",
      ),
    ];
  const where = `/v2/registries/${first}/repositories/${encodeURIComponent(repository)}`;
  const [path, key, wanted] = digest
    ? [`${where}/digests`, "manifests", digest]
    : [`${where}/tags`, "tags", tag];
  const found = await list(api, path, key);
  if (!Array.isArray(found) && found.refused.status !== 404) return [refusal(check, path, found.refused)];
  const is = (each: unknown) => at(each, digest ? "digest" : "tag") === wanted;
  return [
    Array.isArray(found) && found.some(is)
      ? ok(check, `${name} is in registry ${first}`)
      : problem(
          check,
          `${name} is not in registry ${first}`,
          `push it: docker push registry.digitalocean.com/${first}/${name}`,
        ),
  ];
};

/** DigitalOcean refuses alerts to anyone but members of the team, and has no call that lists them. */
const recipients: Check = async ({ settings, api }) => {
  const emails = new Set([...(settings.app.alerts.emails ?? []), ...(settings.monitoring.emails ?? [])]);
  if (emails.size === 0) return [];
  const check = "alert e-mails";
  const { body } = await get(api, "/v2/account");
  emails.delete(String(at(body, "account", "email")));
  return [
    emails.size === 0
      ? ok(check, "they are the account's own")
      : unknown(
          check,
          `whether ${[...emails].join(", ")} belong to the team`,
          "see Settings, Team in the control panel: others are refused",
        ),
  ];
};
