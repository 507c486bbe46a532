import { docs } from "../../docs.ts";
import type { Input } from "../../input.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

export const alertDelivered: ResourceRule = {
  name: "alert-delivered",
  description: "An alert is on, and goes to somebody.",
  group: "observability",
  severity: "medium",
  level: "mandatory",
  url: docs.monitoring,
  fix: "name e-mail addresses of the team or a Slack channel, and leave it on",
  types: [types.monitorAlert, types.uptimeAlert],
  check: (alert, report) => {
    const enabled = alert.get("enabled");
    if (enabled.flag() === false) report(enabled, "the alert is off");
    const to = alert.get(alert.type === types.monitorAlert ? "alerts" : "notifications");
    const channels = to.isUnknown || !Array.isArray(to.value) ? [to] : to.items();
    const heard = (channel: Input) => channel.get("emails").isGiven || channel.get("slacks").isGiven;
    if (!channels.some(heard)) report(to, "the alert goes to nobody");
  },
};
