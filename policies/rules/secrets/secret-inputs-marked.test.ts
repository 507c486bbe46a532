import { resource, secret, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { secretInputsMarked } from "./secret-inputs-marked.ts";

const app = (spec: unknown) => [resource(types.app, { spec })];
const alert = (...slacks: unknown[]) => [resource(types.monitorAlert, { alerts: { slacks } })];
const provider = (inputs: object) => [resource("pulumi:providers:digitalocean", { ...inputs })];

cases(secretInputsMarked, {
  good: {
    "a webhook that is marked": alert({ channel: "ops", url: secret("https://example.com/hook") }),
    "a token that is marked": provider({ token: secret(unknown), spacesSecretKey: secret("x") }),
    "credentials that a reference names": app({
      services: [{ image: { registryCredentials: `\${api.TOKEN}` } }],
    }),
    "nothing of the kind": app({ services: [{ name: "api" }] }),
    "empty resources": [resource(types.app), resource(types.certificate), resource(types.uptimeAlert)],
  },
  bad: {
    "a webhook": [
      alert({ channel: "ops", url: "https://example.com/hook" }),
      "alerts.slacks[0].url",
      /in clear.*pulumi/,
    ],
    "a webhook that will be known": [alert({ url: unknown }), "alerts.slacks[0].url", /in clear/],
    "an uptime alert's": [
      [resource(types.uptimeAlert, { notifications: [{ slacks: [{ url: "https://example.com" }] }] })],
      "notifications[0].slacks[0].url",
      /in clear/,
    ],
    "a token": [provider({ token: "x" }), "token", /in clear/],
    "a Spaces key": [provider({ token: secret("x"), spacesSecretKey: "x" }), "spacesSecretKey", /in clear/],
    "a certificate's key": [[resource(types.certificate, { privateKey: "x" })], "privateKey", /in clear/],
    "a registry's credentials": [
      app({ workers: [{}, { image: { registryCredentials: "x" } }] }),
      "spec.workers[1].image.registryCredentials",
      /in clear/,
    ],
    "a token for logs": [
      app({ services: [{ logDestinations: [{ logtail: { token: "x" } }] }] }),
      "spec.services[0].logDestinations[0].logtail.token",
      /in clear/,
    ],
    "a header that proves the way": [
      app({ ingress: { secureHeader: { key: "x-cdn", value: "x" } } }),
      "spec.ingress.secureHeader.value",
      /in clear/,
    ],
  },
  unknown: {
    "all channels": [[resource(types.monitorAlert, { alerts: { slacks: unknown } })], "alerts.slacks"],
  },
});
