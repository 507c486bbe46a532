import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { domainMailAuthenticated } from "./domain-mail-authenticated.ts";

const domain = resource(types.domain, { name: "example.com" }, { name: "domain" });
const txt = (name: string, value: unknown, of: unknown = "example.com") =>
  resource(types.dnsRecord, { domain: of, type: "TXT", name, value }, { name: `txt-${name}` });
const spf = txt("@", "v=spf1 -all");
const dmarc = txt("_dmarc", "v=DMARC1; p=reject");
const dkim = resource(types.dnsRecord, {
  domain: "example.com",
  type: "CNAME",
  name: "s1._domainkey",
  value: unknown,
});

cases(domainMailAuthenticated, {
  good: {
    "all three": [domain, spf, dmarc, dkim],
    "a text that will be known": [domain, txt("@", unknown), dmarc, dkim],
  },
  bad: {
    "one of which nothing is told": [[resource(types.domain)], "", /it has no record of SPF, DKIM /],
    none: [[domain], "", /SPF, DKIM and DMARC.*v=spf1 -all/],
    "one missing": [[domain, spf, dkim], "", /no record of DMARC/],
    "another domain's": [
      [domain, txt("@", "v=spf1 -all", "example.org"), dmarc, dkim],
      "",
      /no record of SPF/,
    ],
  },
  unknown: {
    "the kind of a record": [
      [domain, resource(types.dnsRecord, { domain: "example.com", type: unknown })],
      "type",
    ],
  },
});
