/** Which traffic reaches droplets (terraform-provider-digitalocean: digitalocean/firewall). */
import type { Failure } from "../../provider/check.ts";
import {
  boolean,
  integer,
  list,
  notEmpty,
  object,
  type Properties,
  set,
  string,
} from "../../provider/schema.ts";
import { isArray, type Values } from "../../provider/values.ts";
import { tag } from "../database.ts";
import { firewallRule, lacksPorts } from "../firewall-rule.ts";
import { rest } from "../rest.ts";

const output = { output: true } as const;
const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  dropletIds: set(integer()),
  inboundRules: set(firewallRule("source")),
  outboundRules: set(firewallRule("destination")),
  tags: set(tag),
  status: string(output),
  createdAt: string(output),
  pendingChanges: list(object({ dropletId: integer(), removing: boolean(), status: string() }), output),
};

/** As in the official plugin's own check of the plan. */
function check({ inboundRules, outboundRules }: Values): Failure[] {
  if (inboundRules === undefined && outboundRules === undefined)
    return [{ property: "inboundRules", reason: "at least one inbound or outbound rule must be given" }];
  const failures: Failure[] = [];
  const lists = [
    ["inboundRules", inboundRules],
    ["outboundRules", outboundRules],
  ] as const;
  for (const [property, rules] of lists)
    for (const [at, rule] of isArray(rules) ? rules.entries() : [])
      if (lacksPorts(rule))
        failures.push({
          property: `${property}[${at}].portRange`,
          reason: "is required when the protocol is tcp or udp",
        });
  return failures;
}

export default rest({
  noun: "firewall",
  path: "/v2/firewalls",
  root: "firewall",
  update: "PUT",
  properties,
  check,
});
