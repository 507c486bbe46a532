import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { uptimeCheckAlerts } from "./uptime-check-alerts.ts";

const check = resource(types.uptimeCheck, { target: "https://example.com" }, { name: "check" });
const alert = (type: unknown, of = check) =>
  resource(types.uptimeAlert, { type, checkId: unknown }, { name: String(type), refers: { checkId: [of] } });

cases(uptimeCheckAlerts, {
  good: {
    both: [check, alert("down_global"), alert("ssl_expiry")],
    "a ping, which has no certificate": [
      resource(types.uptimeCheck, { type: "ping" }, { name: "check" }),
      alert("down"),
    ],
  },
  bad: {
    none: [[check], "", /down or down_global and ssl_expiry.*UptimeAlert/],
    "none for the certificate": [[check, alert("down")], "", /of type ssl_expiry/],
    "another check's": [
      [check, alert("down"), alert("ssl_expiry", resource(types.uptimeCheck, {}, { name: "other" }))],
      "",
      /ssl_expiry/,
    ],
  },
  unknown: { "the kind of an alert": [[check, alert(unknown)], "type"] },
});
