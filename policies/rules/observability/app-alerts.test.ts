import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appAlerts } from "./app-alerts.ts";

const app = (spec: object) => [resource(types.app, { spec })];
const failed = { rule: "DEPLOYMENT_FAILED" };

cases(appAlerts, {
  stack: "prod",
  good: {
    "one for deployments": app({ alerts: [failed] }),
    "one for domains, too": app({
      alerts: [failed, { rule: "DOMAIN_FAILED" }],
      domainNames: [{ name: "a.example.com" }],
    }),
  },
  bad: {
    none: [app({}), "spec.alerts", /nobody hears of DEPLOYMENT_FAILED.*spec\.alerts/],
    "one that is disabled": [
      app({ alerts: [{ ...failed, disabled: true }] }),
      "spec.alerts",
      /DEPLOYMENT_FAILED/,
    ],
    "none for domains that will be known": [
      app({ alerts: [failed], domainNames: unknown }),
      "spec.alerts",
      /DOMAIN_FAILED/,
    ],
  },
  unknown: { "an alert": [app({ alerts: [{ rule: unknown }] }), "spec.alerts[0].rule"] },
});
cases(appAlerts, { stack: "dev", good: { "none outside production": app({}) }, bad: {} });
