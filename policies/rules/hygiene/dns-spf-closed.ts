import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** `+all`, `?all` and a bare `all` let anybody send mail in the domain's name. */
export const dnsSpfClosed: ResourceRule = {
  name: "dns-spf-closed",
  description: "An SPF record lets not everybody send mail in the domain's name.",
  group: "hygiene",
  severity: "high",
  level: "mandatory",
  references: ["networking-domains-spf-overly-permissive"],
  url: docs.dns,
  fix: "end the record in `-all`",
  types: [types.dnsRecord],
  check: (record, report) => {
    if (record.get("type").text() !== "TXT") return;
    const value = record.get("value");
    if (spfEnd(value.text() ?? "")?.match(/^[+?]?all$/i)) report(value, "anybody may send mail in its name");
  },
};

/** The term of an SPF record that decides about everybody else; undefined for another record, and for one that has none. */
export function spfEnd(text: string): string | undefined {
  const terms = text.replaceAll('"', "").trim().split(/\s+/);
  return terms[0]?.toLowerCase() === "v=spf1" ? terms.find((term) => /^[+?~-]?all$/i.test(term)) : undefined;
}
