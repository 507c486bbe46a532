import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerHttps } from "./load-balancer-https.ts";

const http = { entryProtocol: "http", entryPort: 80 };
const https = { entryProtocol: "https", entryPort: 443, certificateName: "site" };
const balancer = (inputs: object) => [resource(types.loadBalancer, { name: "lb", ...inputs })];

cases(loadBalancerHttps, {
  good: {
    "http with a redirect": balancer({ forwardingRules: [http, https], redirectHttpToHttps: true }),
    "https alone": balancer({ forwardingRules: [https] }),
    "no entries yet": balancer({}),
    tcp: balancer({ forwardingRules: [{ entryProtocol: "tcp" }] }),
  },
  bad: {
    "http alone": [
      balancer({ forwardingRules: [http] }),
      "forwardingRules[0].entryProtocol",
      /as it is.*redirect/,
    ],
    "http beside https": [
      balancer({ forwardingRules: [https, http], redirectHttpToHttps: false }),
      "forwardingRules[1].entryProtocol",
      /as it is/,
    ],
  },
  unknown: {
    "the redirect": [
      balancer({ forwardingRules: [http], redirectHttpToHttps: unknown }),
      "redirectHttpToHttps",
    ],
    "a protocol": [
      balancer({ forwardingRules: [{ entryProtocol: unknown }] }),
      "forwardingRules[0].entryProtocol",
    ],
  },
  mends: {
    "http beside https": [
      resource(types.loadBalancer, { forwardingRules: [http, https] }),
      { forwardingRules: [http, https], redirectHttpToHttps: true },
    ],
  },
});
