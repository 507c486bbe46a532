import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { eachTlsEntry } from "./load-balancer-entries.ts";

/** A renewal gives a Let's Encrypt certificate another id (terraform-provider-digitalocean#1089); its name stays. */
export const loadBalancerCertificate: ResourceRule = {
  name: "load-balancer-certificate",
  description: "Every entry of a load balancer that ends TLS names its certificate.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  url: docs.loadBalancers,
  fix: "set `certificateName` to the certificate's name",
  types: [types.loadBalancer],
  check: (balancer, report) =>
    eachTlsEntry(balancer, (entry) => {
      const name = entry.get("certificateName");
      if (name.isGiven) return;
      const id = entry.get("certificateId");
      if (id.isGiven) report(id, "a certificate's id changes at its renewal");
      else report(name, "this entry has no certificate");
    }),
};
