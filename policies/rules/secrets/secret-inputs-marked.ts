import { docs } from "../../docs.ts";
import type { Input } from "../../input.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";
import { isReference } from "./app-variables.ts";

const logs = [
  ["datadog", "apiKey"],
  ["logtail", "token"],
  ["openSearch", "basicAuth", "password"],
].map((end) => ["logDestinations", "*", ...end]);
const destinations = ["alerts", "*", "destinations", "slackWebhooks", "*", "url"];
const component = [["image", "registryCredentials"], destinations, ...logs];

/**
 * Inputs that hold a secret and that the SDK does not mark, or marks only where a program takes them from configuration. `*` stands
 * for every element.
 */
const secretInputs: Record<string, string[][]> = {
  [types.app]: [
    ["spec", "ingress", "secureHeader", "value"],
    ["spec", ...destinations],
    ...["services", "workers", "jobs", "functions"].flatMap((kind) =>
      component.map((path) => ["spec", kind, "*", ...path]),
    ),
  ],
  [types.certificate]: [["privateKey"]],
  [types.monitorAlert]: [["alerts", "slacks", "*", "url"]],
  [types.uptimeAlert]: [["notifications", "*", "slacks", "*", "url"]],
  [types.databaseLogsinkOpensearch]: [["uri"]],
  [types.databaseLogsinkRsyslog]: [["clientKey"]],
  "pulumi:providers:digitalocean": [["token"], ["spacesSecretKey"]],
};

export const secretInputsMarked: ResourceRule = {
  name: "secret-inputs-marked",
  description: "Inputs that hold a secret are marked as one, so that state and previews hide them.",
  group: "secrets",
  severity: "high",
  level: "mandatory",
  url: docs.secrets,
  fix: "wrap the value in `pulumi.secret`, or take it from secret configuration",
  types: Object.keys(secretInputs),
  check: (resource, report) => {
    for (const path of secretInputs[resource.type] ?? [])
      eachAt(resource.inputs, path, (value) => {
        if (!value.isGiven || value.isSecret || isReference(value)) return;
        report(value, "it is a secret, and the state keeps it in clear");
      });
  },
};

/** What is at a path, for each element where the path says `*`. */
function eachAt(input: Input, [key, ...rest]: string[], judge: (value: Input) => void): void {
  if (key === undefined) judge(input);
  else if (key === "*") input.each((item) => eachAt(item, rest, judge));
  else input.attempt(() => eachAt(input.get(key), rest, judge));
}
