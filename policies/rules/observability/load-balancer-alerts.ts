import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";
import { unwatched } from "./alerts-on.ts";

/** Types of alerts: DigitalOcean API, monitoring alert policies. */
const wanted = { "server errors": /increase_in_http_error_rate_(?:percentage|count)_5xx$/ };

export const loadBalancerAlerts: StackRule = {
  name: "load-balancer-alerts",
  description: "A load balancer in production tells of server errors.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.loadBalancers,
  fix: "add a `MonitorAlert` for each",
  types: [types.loadBalancer],
  checkInStack: (watched, report, _settings, stack) => {
    const missing = unwatched(watched, wanted, stack);
    if (missing.length > 0) report("", `nobody hears of ${listed(missing)}`);
  },
};
