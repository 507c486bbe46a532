import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appHealthCheck } from "./app-health-check.ts";

const app = (...services: unknown[]) => [resource(types.app, { spec: { services } })];

cases(appHealthCheck, {
  good: {
    "a path": app({ healthCheck: { httpPath: "/health" } }),
    "one that will be known": app({ healthCheck: { httpPath: unknown } }),
    "no services": [resource(types.app, { spec: { workers: [{}] } })],
  },
  bad: { none: [app({}), "spec.services[0].healthCheck.httpPath", /port is open.*httpPath/] },
  unknown: { "the check": [app({ healthCheck: unknown }), "spec.services[0].healthCheck"] },
});
