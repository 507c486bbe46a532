import { X509Certificate } from "node:crypto";
import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A Let's Encrypt certificate renews itself. One's own does not, and its end can be read from it. */
const WARNING_DAYS = 14;

export const certificateValid: ResourceRule = {
  name: "certificate-valid",
  description: "A certificate of one's own has not expired, and does not in the next two weeks.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  url: docs.loadBalancers,
  fix: 'renew it, or use `type: "lets_encrypt"`, which renews itself',
  types: [types.certificate],
  check: (certificate, report, { today }) => {
    const leaf = certificate.get("leafCertificate");
    if (certificate.get("type").text() === "lets_encrypt" || !leaf.isGiven) return;
    const end = validTo(leaf.text() ?? "");
    if (end === undefined)
      report(leaf, "this is no certificate in PEM form", "give the certificate in PEM form");
    else if (end.getTime() < today.getTime()) report(leaf, `it expired on ${end.toISOString().slice(0, 10)}`);
    else if (end.getTime() < today.getTime() + WARNING_DAYS * 86_400_000)
      report(leaf, `it expires on ${end.toISOString().slice(0, 10)}`);
  },
};

function validTo(pem: string): Date | undefined {
  try {
    return new Date(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}
