import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appHttps } from "./app-https.ts";

const app = (redirect: object, outputs = {}) => [
  resource(types.app, { spec: { name: "api", ingress: { rules: [{ redirect }] } } }, { outputs }),
];

cases(appHttps, {
  good: {
    "a redirect within https": app({ scheme: "https", authority: "www.example.com" }),
    "a redirect that names no scheme": app({ authority: "www.example.com" }),
    "no ingress": [resource(types.app, { spec: { name: "api" } }, { outputs: { liveUrl: unknown } })],
    "nothing at all": [resource(types.app)],
    "an app on this machine": [
      resource(
        types.app,
        {},
        { outputs: { liveUrl: "http://127.0.0.1:8081" }, provider: { apiEndpoint: "http://127.0.0.1:7480" } },
      ),
    ],
    "a live URL over https": app({}, { liveUrl: "https://api.example.com" }),
  },
  bad: {
    "a redirect to http": [app({ scheme: "http" }), "spec.ingress.rules[0].redirect.scheme", /to http.*take/],
    "a redirect to an http address": [
      app({ uri: "http://example.com" }),
      "spec.ingress.rules[0].redirect.uri",
      /to http/,
    ],
    "a live URL over http": [app({}, { liveUrl: "http://203.0.113.1" }), "liveUrl", /over http/],
  },
  unknown: { "the scheme": [app({ scheme: unknown }), "spec.ingress.rules[0].redirect.scheme"] },
});
