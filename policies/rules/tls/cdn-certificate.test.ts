import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { cdnCertificate } from "./cdn-certificate.ts";

const cdn = (inputs: object) => [resource(types.cdn, { origin: unknown, ...inputs })];
const customDomain = "static.example.com";

cases(cdnCertificate, {
  good: {
    "DigitalOcean's own domain": cdn({}),
    "a domain with its certificate": cdn({ customDomain, certificateName: "static" }),
    "a certificate that will be known": cdn({ customDomain: unknown, certificateName: unknown }),
  },
  bad: {
    "a domain without one": [cdn({ customDomain }), "certificateName", /no certificate.*certificateName/],
    "a domain that will be known, without one": [
      cdn({ customDomain: unknown }),
      "certificateName",
      /no certificate/,
    ],
    "a certificate elsewhere": [
      cdn({ customDomain, certificateName: "needs-cloudflare-cert" }),
      "certificateName",
      /left to a proxy/,
    ],
  },
});
