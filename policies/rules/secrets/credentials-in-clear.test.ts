import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { credentialsInClear } from "./credentials-in-clear.ts";

const of = (inputs: object) => [resource("command:local:Command", { ...inputs })];
// Put together here, so that nothing that scans this repository takes them for real ones.
const token = `dop_v1_${"0123456789abcdef".repeat(4)}`;
const key = `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEvQ\n-----END ${"PRIVATE"} KEY-----`;

cases(credentialsInClear, {
  good: {
    "a secret": of({ environment: { TOKEN: secret(token) } }),
    "a reference to one": of({ url: `postgres://api:\${db.PASSWORD}@db/api` }),
    "a value that will be known": of({ create: unknown, list: [unknown] }),
    "an address without a password": of({
      url: "https://example.com/path?a=b",
      git: "ssh://git@example.com/x",
    }),
    "nothing at all": of({}),
    "what is no text": of({ a: 1, b: [true, null], c: {} }),
  },
  bad: {
    "a token in a variable": [
      of({ environment: { A: token } }),
      "environment.A",
      /a DigitalOcean token .*71 char.*revoke/,
    ],
    "a token in the midst of user data": [
      [resource(types.droplet, { userData: `#!/bin/sh\ndoctl auth init -t ${token}\n` })],
      "userData",
      /a DigitalOcean token/,
    ],
    "a token in a tag": [
      [resource(types.droplet, { tags: ["a", token] })],
      "tags[1]",
      /a DigitalOcean token/,
    ],
    "a private key": [of({ create: key }), "create", /a private key/],
    "a URI with a password": [
      of({ env: ["postgres://api:hunter2@db:25060/api"] }),
      "env[0]",
      /a URI with a password/,
    ],
    "a webhook": [
      of({ a: { b: `https://hooks.slack.com/${"services"}/T000/B000/XXXX` } }),
      "a.b",
      /a Slack webhook/,
    ],
    "a Spaces key": [of({ id: `DO00${"A1B2C3D4E5F6G7H8"}` }), "id", /a Spaces key/],
    "a token under an odd key": [of({ "odd key": token }), '["odd key"]', /a DigitalOcean token/],
  },
});
