import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerCertificate } from "./load-balancer-certificate.ts";

const balancer = (...forwardingRules: object[]) => [resource(types.loadBalancer, { forwardingRules })];

cases(loadBalancerCertificate, {
  good: {
    "a certificate by its name": balancer({ entryProtocol: "https", certificateName: "site" }),
    "a name that will be known": balancer({ entryProtocol: "http3", certificateName: unknown }),
    "TLS that the backend ends": balancer({ entryProtocol: "https", tlsPassthrough: true }),
    "what has no TLS": balancer({ entryProtocol: "http" }, { entryProtocol: "tcp" }),
    "no entries": [resource(types.loadBalancer)],
  },
  bad: {
    "none for https": [
      balancer({ entryProtocol: "https" }),
      "forwardingRules[0].certificateName",
      /no certificate/,
    ],
    "none for http2": [
      balancer({ entryProtocol: "http2" }),
      "forwardingRules[0].certificateName",
      /no certificate/,
    ],
    "one by its id": [
      balancer({ entryProtocol: "https", certificateId: "892071a0" }),
      "forwardingRules[0].certificateId",
      /changes at its renewal.*certificateName/,
    ],
  },
  unknown: {
    "who ends TLS": [
      balancer({ entryProtocol: "https", tlsPassthrough: unknown }),
      "forwardingRules[0].tlsPassthrough",
    ],
  },
});
