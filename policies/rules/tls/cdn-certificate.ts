import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** What the API takes for "someone else's proxy has the certificate" (terraform-provider-digitalocean#1086). */
const ELSEWHERE = "needs-cloudflare-cert";

export const cdnCertificate: ResourceRule = {
  name: "cdn-certificate",
  description: "A CDN endpoint with a domain of its own has a certificate for it.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  references: ["cdn-has-certificate"],
  url: docs.cdn,
  fix: "set `certificateName` to a certificate for `customDomain`",
  types: [types.cdn],
  check: (cdn, report) => {
    if (!cdn.get("customDomain").isGiven) return;
    const name = cdn.get("certificateName");
    if (!name.isGiven && !cdn.get("certificateId").isGiven) report(name, "the domain has no certificate");
    else if (!name.isUnknown && name.text() === ELSEWHERE)
      report(name, "the certificate is left to a proxy that this stack does not describe");
  },
};
