import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { eachTlsEntry } from "./load-balancer-entries.ts";

export const loadBalancerCiphers: ResourceRule = {
  name: "load-balancer-ciphers",
  description: "A load balancer that ends TLS offers strong ciphers only.",
  group: "TLS",
  severity: "medium",
  level: "mandatory",
  references: ["lb-strong-tls-cipher-policy"],
  url: docs.loadBalancers,
  fix: 'set `tlsCipherPolicy: "STRONG"`',
  types: [types.loadBalancer],
  check: (balancer, report) => {
    const policy = balancer.get("tlsCipherPolicy");
    let endsTls = false;
    eachTlsEntry(balancer, () => {
      endsTls = true;
    });
    if (endsTls && policy.text() !== "STRONG") report(policy, "weak ciphers are offered");
  },
  mend: (inputs) => {
    inputs.tlsCipherPolicy = "STRONG";
  },
};
