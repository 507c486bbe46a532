import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseUriTls } from "./database-uri-tls.ts";

const app = (value: unknown) => [
  resource(types.app, { spec: { services: [{ envs: [{ key: "DATABASE_URL", value, type: "SECRET" }] }] } }),
];
const place = "spec.services[0].envs[0].value";
const host = "db-do-user-1.b.db.ondigitalocean.com:25060";

cases(databaseUriTls, {
  good: {
    "one of which nothing is told": [resource(types.app)],
    "TLS asked for": app(secret(`postgresql://api:pw@${host}/api?sslmode=verify-full`)),
    "Redis over TLS": app(`rediss://default:pw@${host}`),
    "a reference": app(`\${db.DATABASE_URL}`),
    "what will be known": app(secret(unknown)),
    "a database of the machine itself": app("redis://localhost:6379"),
    "no variables": [resource(types.app, { spec: { name: "api" } })],
  },
  bad: {
    "TLS switched off": [
      app(secret(`postgresql://api:pw@${host}/api?sslmode=disable`)),
      place,
      /PostgreSQL may be reached without TLS.*verify-full/,
    ],
    "TLS if it happens": [app(`postgres://api:pw@${host}/api?a=b&sslmode=prefer`), place, /without TLS/],
    "Redis in clear": [app(`redis://default:pw@${host}`), place, /Redis/],
    "MongoDB in clear": [app("mongodb://a:b@mongo.example.com/db?tls=false"), place, /MongoDB/],
    "an unchecked certificate": [
      app("mongodb+srv://a:b@example.com/db?tls=true&tlsInsecure=true"),
      place,
      /not checked/,
    ],
    "a URI in user data": [
      [
        resource(types.droplet, {
          userData: `#!/bin/sh\nexport URL='mysql://a:b@${host}/x?ssl-mode=DISABLED'`,
        }),
      ],
      "userData",
      /MySQL/,
    ],
  },
});
