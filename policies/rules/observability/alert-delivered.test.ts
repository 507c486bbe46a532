import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { alertDelivered } from "./alert-delivered.ts";

const monitor = (inputs: object) => [resource(types.monitorAlert, { ...inputs })];
const uptime = (...notifications: unknown[]) => [resource(types.uptimeAlert, { notifications })];

cases(alertDelivered, {
  good: {
    "an address": monitor({ alerts: { emails: ["ops@example.com"] }, enabled: true }),
    "addresses that will be known": monitor({ alerts: { emails: unknown } }),
    "a channel": uptime({ slacks: [{ channel: "ops", url: unknown }] }),
  },
  bad: {
    "one that is off": [
      monitor({ alerts: { emails: ["a@b.c"] }, enabled: false }),
      "enabled",
      /is off.*leave it on/,
    ],
    "one for nobody": [monitor({ alerts: { emails: [] } }), "alerts", /to nobody/],
    "an uptime alert for nobody": [uptime({}), "notifications", /to nobody/],
    "one that says nothing of it": [monitor({}), "alerts", /to nobody/],
  },
  unknown: { "who hears": [monitor({ alerts: unknown }), "alerts"] },
});
