import { docs } from "../../docs.ts";
import { type Resource, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";

/** A domain that sends no mail needs the records as well: they say that none is genuine (RFC 7208, RFC 7489, RFC 6376). */
export const domainMailAuthenticated: StackRule = {
  name: "domain-mail-authenticated",
  description: "A domain says who may send mail in its name: SPF, DKIM and DMARC.",
  group: "hygiene",
  severity: "medium",
  level: "advisory",
  references: [
    "networking-domains-missing-spf",
    "networking-domains-missing-dkim",
    "networking-domains-missing-dmarc",
  ],
  url: docs.dns,
  fix: "add the TXT records; for a domain without mail `v=spf1 -all`, `v=DMARC1; p=reject` and an empty `*._domainkey`",
  types: [types.domain],
  checkInStack: (domain, report, _settings, stack) => {
    const records = stack.referring(domain, "domain", [types.dnsRecord], ["name", "id"]);
    const has = (kind: string, at: RegExp, text: RegExp) =>
      records.some((record) => fits(record, kind, at, text));
    const missing = [
      ...(has("TXT", /^@?$/, /^"?v=spf1\b/i) ? [] : ["SPF"]),
      ...(has("TXT", /\._domainkey\b/, /^/) || has("CNAME", /\._domainkey\b/, /^/) ? [] : ["DKIM"]),
      ...(has("TXT", /^_dmarc\b/, /^"?v=DMARC1\b/i) ? [] : ["DMARC"]),
    ];
    if (missing.length > 0) report("", `it has no record of ${listed(missing)}`);
  },
};

function fits(record: Resource, kind: string, at: RegExp, text: RegExp): boolean {
  if (record.get("type").text() !== kind || !at.test(record.get("name").text() ?? "")) return false;
  const value = record.get("value");
  return value.isUnknown || text.test(value.text() ?? "");
}
