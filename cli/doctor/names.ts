import { type Names, namesOf, overlaps } from "../../settings/names.ts";
import { list } from "../api.ts";
import { at } from "../json.ts";
import {
  type Check,
  type Finding,
  ok,
  ownedIds,
  problem,
  refusal,
  type Subject,
  unknown,
} from "./finding.ts";

/** Whether the names and addresses that a stack will take are free. What it has already is its own. */

export const nameChecks: Check = async (subject) => {
  const names = namesOf(subject.settings);
  const taken = [
    taker(
      subject,
      "project name",
      names.project ? [names.project] : [],
      "/v2/projects",
      "projects",
      "project:Project",
    ),
    taker(
      subject,
      "cluster names",
      names.clusters,
      "/v2/databases",
      "databases",
      "databaseCluster:DatabaseCluster",
    ),
    taker(subject, "app names", names.apps, "/v2/apps", "apps", "app:App"),
    zone(subject, names),
  ];
  return (await Promise.all([...taken, network(subject, names)])).flat();
};

async function taker(
  subject: Subject,
  check: string,
  wanted: string[],
  path: string,
  key: string,
  type: string,
): Promise<Finding[]> {
  if (wanted.length === 0) return [];
  const items = await list(subject.api, path, key);
  if (!Array.isArray(items)) return [refusal(check, path, items.refused)];
  const own = ownedIds(subject, `digitalocean:index/${type}`);
  const nameOf = (item: unknown) => String(at(item, "spec", "name") ?? at(item, "name"));
  const clashes = items
    .filter((item) => wanted.includes(nameOf(item)) && !own.has(String(at(item, "id"))))
    .map(nameOf);
  if (clashes.length === 0) return [ok(check, `${wanted.join(", ")}: free, or the stack's own`)];
  return [taken(subject, check, clashes.join(", "))];
}

/** Without the state nobody knows whose it is. */
function taken({ owned }: Subject, check: string, what: string): Finding {
  return owned === undefined
    ? unknown(
        check,
        `${what} exists; whether it is the stack's own only its state tells`,
        "log in to the stack's backend",
      )
    : problem(
        check,
        `${what} exists, and is not in the stack's state`,
        "take it over with import (docs/adopting.md), or choose another name",
      );
}

async function zone(subject: Subject, { zone: wanted }: Names): Promise<Finding[]> {
  const { domain } = subject.settings;
  if (!domain) return [];
  const check = "zone";
  const zones = await list(subject.api, "/v2/domains", "domains");
  if (!Array.isArray(zones)) return [refusal(check, "/v2/domains", zones.refused)];
  const there = zones.some((each) => at(each, "name") === domain.name);
  const own = ownedIds(subject, "digitalocean:index/domain:Domain").has(domain.name);
  if (wanted === undefined)
    return [
      there
        ? ok(check, `${domain.name} is at DigitalOcean`)
        : problem(
            check,
            `${domain.name} is not in this account, though the settings build on it`,
            "make the zone, or leave domain.ownership and domain.import out",
          ),
    ];
  return [
    !there || own
      ? ok(check, `${domain.name}: free, or the stack's own`)
      : taken(subject, check, domain.name),
  ];
}

/** VPCs: their names and addresses, and a default one in the region, which the first VPC of a region becomes and can never be deleted. */
async function network(subject: Subject, { vpcs: wanted }: Names): Promise<Finding[]> {
  const { api, settings } = subject;
  const vpcs = await list(api, "/v2/vpcs", "vpcs");
  if (!Array.isArray(vpcs)) return [refusal("VPC", "/v2/vpcs", vpcs.refused)];
  const own = ownedIds(subject, "digitalocean:index/vpc:Vpc");
  const others = vpcs.filter((each) => !own.has(String(at(each, "id"))));
  const findings = wanted.map(({ name, ipRange }): Finding => {
    const check = "VPC";
    if (others.some((each) => at(each, "name") === name)) return taken(subject, check, name);
    const clash = others.find(
      (each) => ipRange !== undefined && overlaps(ipRange, String(at(each, "ip_range"))),
    );
    if (clash)
      return problem(
        check,
        `${ipRange} overlaps ${at(clash, "ip_range")} of VPC ${at(clash, "name")}`,
        "choose other addresses: network.ipRange",
      );
    return ok(
      check,
      `${name} with ${ipRange ?? "addresses of DigitalOcean's choice"}: free, or the stack's own`,
    );
  });
  const isDefault = (each: unknown) => at(each, "default") === true && at(each, "region") === settings.region;
  const existing = settings.network.vpcId;
  if (existing !== undefined)
    findings.push(
      vpcs.some((each) => at(each, "id") === existing && at(each, "region") === settings.region)
        ? ok("existing VPC", `${existing} is in ${settings.region}`)
        : problem(
            "existing VPC",
            `no VPC ${existing} in ${settings.region}`,
            "correct network.vpcId, or leave it out",
          ),
    );
  findings.push(
    vpcs.some(isDefault)
      ? ok("default VPC", `${settings.region} has one`)
      : problem(
          "default VPC",
          `${settings.region} has none: the stack's VPC would become it, and could never be deleted`,
          "create one in the control panel first (Networking, VPC)",
        ),
  );
  return findings;
}
