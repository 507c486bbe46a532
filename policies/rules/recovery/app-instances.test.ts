import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appInstances } from "./app-instances.ts";

const app = (...services: unknown[]) => [resource(types.app, { spec: { services } })];

cases(appInstances, {
  stack: "prod",
  good: {
    "two containers": app({ instanceCount: 2 }),
    "scaling from two": app({ autoscaling: { minInstanceCount: 2, maxInstanceCount: 4 } }),
    "no services": [resource(types.app, { spec: { staticSites: [{}] } })],
  },
  bad: {
    one: [app({ instanceCount: 1 }), "spec.services[0].instanceCount", /one container.*2 or more/],
    "the default": [app({ instanceCount: 2 }, {}), "spec.services[1].instanceCount", /one container/],
    "scaling from one": [
      app({ autoscaling: { minInstanceCount: 1 } }),
      "spec.services[0].autoscaling.minInstanceCount",
      /one container/,
    ],
  },
  unknown: {
    "a count": [app({ instanceCount: unknown }, { instanceCount: 2 }), "spec.services[0].instanceCount"],
  },
});
