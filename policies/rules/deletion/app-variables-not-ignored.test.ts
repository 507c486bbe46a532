import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appVariablesNotIgnored } from "./app-variables-not-ignored.ts";

const app = (...ignoreChanges: string[]) => [resource(types.app, {}, { ignoreChanges })];

cases(appVariablesNotIgnored, {
  good: {
    "nothing ignored": app(),
    "variables that will be known": [resource(types.app, { spec: unknown })],
    "other things": app("projectId", "spec.alerts"),
  },
  bad: {
    "a service's variables": [app("spec.services[0].envs"), "", /wrong values.*ignoreChanges/],
    "one value": [app("spec.envs[*].value"), "", /wrong values/],
    "the whole specification": [app("projectId", "spec"), "", /wrong values/],
  },
});
