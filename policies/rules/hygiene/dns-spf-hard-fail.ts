import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { spfEnd } from "./dns-spf-closed.ts";

/** `~all` only marks mail of strangers. It is right while senders are still being found, and with DMARC it does little harm. */
export const dnsSpfHardFail: ResourceRule = {
  name: "dns-spf-hard-fail",
  description: "An SPF record refuses mail of those it does not name.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  references: ["networking-domains-spf-overly-permissive"],
  url: docs.dns,
  fix: "end the record in `-all` once all senders are in it",
  types: [types.dnsRecord],
  check: (record, report) => {
    if (record.get("type").text() !== "TXT") return;
    const value = record.get("value");
    if (spfEnd(value.text() ?? "")?.toLowerCase() === "~all")
      report(value, "mail of strangers is marked, not refused");
  },
};
