import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appRedirectHttps } from "./app-redirect-https.ts";

const app = (redirect: unknown) => [
  resource(types.app, { spec: { name: "api", ingress: { rules: [{ redirect }] } } }),
];
const place = "spec.ingress.rules[0].redirect";

cases(appRedirectHttps, {
  good: {
    "a redirect within https": app({ scheme: "https", authority: "www.example.com" }),
    "a redirect that names no scheme": app({ authority: "www.example.com" }),
    "no redirect": app(undefined),
    "no ingress": [resource(types.app, { spec: { name: "api" } })],
    "nothing at all": [resource(types.app)],
  },
  bad: {
    "a redirect to http": [app({ scheme: "http" }), `${place}.scheme`, /to http.*leave the `scheme` out/],
    "a redirect to an http address": [app({ uri: "http://example.com" }), `${place}.uri`, /to http/],
  },
  unknown: { "the scheme": [app({ scheme: unknown }), `${place}.scheme`] },
});
