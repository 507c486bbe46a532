import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { loadBalancerAlerts } from "./load-balancer-alerts.ts";

const balancer = resource(types.loadBalancer, {}, { name: "lb" });
const alert = (metric: unknown, more = {}, of = balancer) =>
  resource(
    types.monitorAlert,
    { type: metric, entities: [unknown], enabled: true, ...more },
    { name: `alert-${String(metric)}`, refers: { entities: [of] } },
  );
const errors = "v1/insights/lbaas/increase_in_http_error_rate_percentage_5xx";

cases(loadBalancerAlerts, {
  stack: "prod",
  good: { both: [balancer, alert(errors)] },
  bad: {
    none: [[balancer], "", /nobody hears of server errors.*MonitorAlert/],
    "one that is off": [[balancer, alert(errors, { enabled: false })], "", /of server errors/],
    "another balancer's": [
      [balancer, alert(errors, {}, resource(types.loadBalancer, {}, { name: "other" }))],
      "",
      /of server errors/,
    ],
  },
  unknown: { "what an alert is about": [[balancer, alert(unknown)], "type"] },
});
cases(loadBalancerAlerts, { good: { "none outside production": [balancer] }, bad: {} });
