import { docs } from "../../docs.ts";
import type { Input } from "../../input.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { listed } from "../../text.ts";

export const appAlerts: ResourceRule = {
  name: "app-alerts",
  description: "An app tells when a deployment fails, and when one of its domains does.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  only: "production",
  url: docs.apps,
  fix: "add the rules to `spec.alerts`",
  types: [types.app],
  check: (app, report) => {
    const spec = app.get("spec");
    const wanted = ["DEPLOYMENT_FAILED", ...(spec.get("domainNames").isGiven ? ["DOMAIN_FAILED"] : [])];
    const missing = missingAlerts(spec.get("alerts"), wanted);
    if (missing.length > 0) report(spec.get("alerts"), `nobody hears of ${listed(missing)}`);
  },
};

/** Which of the alerts a list of them lacks. One that is disabled counts for nothing. */
export function missingAlerts(alerts: Input, wanted: readonly string[]): string[] {
  const set = alerts.items().filter((alert) => alert.get("disabled").flag() !== true);
  const names = set.map((alert) => alert.get("rule").text());
  return wanted.filter((name) => !names.includes(name));
}
