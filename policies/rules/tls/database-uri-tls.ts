import { docs } from "../../docs.ts";
import { known, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** What a client's URI says when it would talk without TLS, or with a stranger. */
const weak: [what: string, pattern: RegExp][] = [
  [
    "PostgreSQL may be reached without TLS",
    /\bpostgres(?:ql)?(?:\+\w+)?:\/\/[^\s'"]*[?&]sslmode=(?:disable|allow|prefer)\b/i,
  ],
  ["Redis is reached without TLS", /\bredis:\/\/[^\s'"]*ondigitalocean\.com/i],
  ["MongoDB is reached without TLS", /\bmongodb(?:\+srv)?:\/\/[^\s'"]*[?&](?:tls|ssl)=false\b/i],
  [
    "the database's certificate is not checked",
    /\bmongodb(?:\+srv)?:\/\/[^\s'"]*[?&](?:tlsInsecure|tlsAllowInvalidCertificates|tlsAllowInvalidHostnames)=true\b|\brediss:\/\/[^\s'"]*[?&]ssl_cert_reqs=(?:none|CERT_NONE)\b/i,
  ],
  ["MySQL is reached without TLS", /\bmysql(?:\+\w+)?:\/\/[^\s'"]*[?&]ssl-?mode=(?:disabled|preferred)\b/i],
];

/** Managed databases take TLS only where the client asks for it; a URI that doesn't would send the password in clear. */
export const databaseUriTls: ResourceRule = {
  name: "database-uri-tls",
  description: "Clients of databases are told to use TLS.",
  group: "TLS",
  severity: "high",
  level: "mandatory",
  url: docs.postgres,
  fix: "use `sslmode=verify-full` or `require`, `rediss://`, or `tls=true` in the URI",
  types: [types.app, types.droplet, types.dropletAutoscale],
  check: (resource, report) => {
    for (const leaf of resource.inputs.leaves())
      for (const text of known(leaf))
        for (const [what, pattern] of weak) if (pattern.test(text)) report(leaf, what);
  },
};
