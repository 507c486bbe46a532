import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";
import { listed } from "../../text.ts";

/** A certificate that is not renewed is seen weeks before it stops everybody: `ssl_expiry`. */
export const uptimeCheckAlerts: StackRule = {
  name: "uptime-check-alerts",
  description: "An uptime check tells when its target is down, and when its certificate is about to expire.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  url: docs.uptime,
  fix: "add an `UptimeAlert` of each type for the check",
  types: [types.uptimeCheck],
  checkInStack: (check, report, _settings, stack) => {
    const alerts = stack.referring(check, "checkId", [types.uptimeAlert], ["id"]);
    const kinds = alerts.map((alert) => alert.get("type").text());
    const isHttps = (check.get("type").text() ?? "https") === "https";
    const missing = [
      ...(kinds.includes("down") || kinds.includes("down_global") ? [] : ["down or down_global"]),
      ...(isHttps && !kinds.includes("ssl_expiry") ? ["ssl_expiry"] : []),
    ];
    if (missing.length > 0) report("", `the check has no alert of type ${listed(missing)}`);
  },
};
