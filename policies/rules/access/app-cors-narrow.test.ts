import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appCorsNarrow } from "./app-cors-narrow.ts";

const app = (allowOrigins: unknown) => [
  resource(types.app, { spec: { ingress: { rules: [{ cors: { allowOrigins } }] } } }),
];
const place = "spec.ingress.rules[0].cors.allowOrigins";

cases(appCorsNarrow, {
  good: {
    "a site by name": app({ exact: "https://www.example.com" }),
    "sites that begin alike": app({ prefix: "https://pr-" }),
    "no CORS": [resource(types.app, { spec: { services: [{}], ingress: {} } })],
  },
  bad: {
    "any origin": [app({ exact: "*" }), `${place}.exact`, /any site.*exact/],
    "any https origin": [app({ prefix: "https://" }), `${place}.prefix`, /any site/],
    "any that a pattern fits": [app({ regex: "^https://.*$" }), `${place}.regex`, /any site/],
    "any, in the old place": [
      [resource(types.app, { spec: { services: [{ cors: { allowOrigins: { regex: ".*" } } }] } })],
      "spec.services[0].cors.allowOrigins.regex",
      /any site/,
    ],
  },
  unknown: { "an origin": [app({ exact: unknown }), `${place}.exact`] },
});
