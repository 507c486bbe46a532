import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appVariableEncrypted } from "./app-variable-encrypted.ts";

const app = (...envs: unknown[]) => [resource(types.app, { spec: { services: [{ name: "api", envs }] } })];
const type = "spec.services[0].envs[0].type";

cases(appVariableEncrypted, {
  good: {
    "an encrypted secret": app({ key: "SECRET_KEY", value: secret("a"), type: "SECRET" }),
    "an encrypted one that will be known": app({
      key: "DATABASE_URL",
      value: secret(unknown),
      type: "SECRET",
    }),
    "a plain one, which the provider marks all the same": app({ key: "GREETING", value: secret("hello") }),
    "a plain one that will be known": app({ key: "GREETING", value: unknown, type: "GENERAL" }),
    "plain settings": app({ key: "LOG_LEVEL", value: "info" }, { key: "TOKEN_TTL_SECONDS", value: "900" }),
    "a certificate of an authority, which is public": app({ key: "DATABASE_CA_CERT", value: unknown }),
    "a reference": app({ key: "DB_PASSWORD", value: `\${db.PASSWORD}` }),
    "a name for which nothing is set": app({ key: "API_KEY", scope: "RUN_TIME" }),
    "no variables": [resource(types.app, { spec: { services: [{ name: "api" }] } })],
    "no specification": [resource(types.app)],
  },
  bad: {
    "a value that looks like one": [
      app({ key: "UPSTREAM", value: secret("https://api:hunter2@example.com") }),
      type,
      /a URI with a password.*SECRET/,
    ],
    "a name that says so": [app({ key: "STRIPE_API_KEY", value: "x" }), type, /name says/],
    "a password that will be known": [app({ key: "dbPassword", value: unknown }), type, /name says/],
    "a variable of the whole app": [
      [resource(types.app, { spec: { envs: [{ key: "SESSION_SECRET", value: "x" }] } })],
      "spec.envs[0].type",
      /name says/,
    ],
  },
  unknown: {
    "the address of a database": [
      app({ key: "DATABASE_URL", value: unknown }, { key: "A", value: "x" }),
      "spec.services[0].envs[0].value",
    ],
    "the address of a cache": [
      app({ key: "redisUri", value: secret(unknown), type: "GENERAL" }),
      "spec.services[0].envs[0].value",
    ],
    "the type": [app({ key: "A", value: "x", type: unknown }), type],
    "the name, but not the next one's": [
      app({ key: unknown, value: "x" }, { key: "B", value: "x" }),
      "spec.services[0].envs[0].key",
    ],
  },
});
