import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const dnsTtl: ResourceRule = {
  name: "dns-ttl",
  description: "A DNS record can be changed within the hour.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  references: ["networking-domains-high-ttl"],
  url: docs.dns,
  fix: "lower `ttl` to what the settings allow (`limits.dnsTtl`)",
  limits: ["dnsTtl"],
  types: [types.dnsRecord],
  check: (record, report, { limits }) => {
    const ttl = record.get("ttl");
    if ((ttl.number() ?? 0) > limits.dnsTtl) report(ttl, `a wrong address stays for ${ttl.number()} seconds`);
  },
};
