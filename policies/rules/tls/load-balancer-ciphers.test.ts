import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerCiphers } from "./load-balancer-ciphers.ts";

const https = { entryProtocol: "https", certificateName: "site" };
const balancer = (inputs: object) => [resource(types.loadBalancer, { ...inputs })];

cases(loadBalancerCiphers, {
  good: {
    "strong ones": balancer({ forwardingRules: [https], tlsCipherPolicy: "STRONG" }),
    "none where the backend ends TLS": balancer({ forwardingRules: [{ ...https, tlsPassthrough: true }] }),
    "none without TLS": balancer({ forwardingRules: [{ entryProtocol: "http" }] }),
    "no entries": balancer({}),
  },
  bad: {
    "the default": [balancer({ forwardingRules: [https] }), "tlsCipherPolicy", /weak.*STRONG/],
    "the default by name, with http3": [
      balancer({ forwardingRules: [{ entryProtocol: "http3" }], tlsCipherPolicy: "DEFAULT" }),
      "tlsCipherPolicy",
      /weak/,
    ],
  },
  unknown: {
    "the policy": [balancer({ forwardingRules: [https], tlsCipherPolicy: unknown }), "tlsCipherPolicy"],
  },
  mends: {
    "the default": [
      resource(types.loadBalancer, { forwardingRules: [https] }),
      { forwardingRules: [https], tlsCipherPolicy: "STRONG" },
    ],
  },
});
