import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { monthlyBudget } from "./monthly-budget.ts";

const stack = resource(types.stack, {}, { name: "program-test" });
const cluster = (inputs: object) =>
  resource(
    types.databaseCluster,
    { engine: "pg", size: "db-s-1vcpu-2gb", nodeCount: 2, ...inputs },
    { name: "db" },
  );
const pool = (config: object) =>
  resource(types.dropletAutoscale, { config, dropletTemplate: { size: "s-1vcpu-2gb" } }, { name: "pool" });
const app = (service: object) =>
  resource(
    types.app,
    { spec: { services: [{ instanceSizeSlug: "apps-d-1vcpu-1gb", ...service }] } },
    { name: "api" },
  );
const rest = [
  resource(types.loadBalancer, { sizeUnit: 2 }, { name: "lb" }),
  resource(types.spacesBucket, {}, { name: "a" }),
  resource(types.spacesBucket, {}, { name: "b" }),
  resource(types.droplet, { size: "s-1vcpu-1gb" }, { name: "d" }),
];

cases(monthlyBudget, {
  settings: { limits: { budget: 100 } },
  good: {
    "a stack within it": [stack, cluster({}), ...rest],
    "an empty stack": [stack],
  },
  bad: {
    "containers at their most": [
      [stack, app({ autoscaling: { maxInstanceCount: 3 } })],
      "",
      /102\.00 USD.*is 100.*limits/,
    ],
    "droplets at their most": [[stack, pool({ minInstances: 1, maxInstances: 9 })], "", /108\.00 USD/],
    "a fixed number of droplets": [[stack, pool({ targetNumberInstances: 10 })], "", /120\.00 USD/],
    "a database that is too large": [[stack, cluster({ size: "db-s-2vcpu-4gb" })], "", /121\.80 USD/],
    "a plan without a price": [
      [stack, cluster({ size: "gd-96vcpu" })],
      "",
      /no price is known of pg gd-96vcpu/,
    ],
  },
  unknown: { "a size": [[stack, cluster({ size: unknown })], "size"] },
});
cases(monthlyBudget, {
  good: { "whatever it costs without a budget": [stack, cluster({ nodeCount: 3 })] },
  bad: {},
});
