/** A rule of a firewall: flat in programs, with its peers in an object of their own in bodies. */
import { isEmpty } from "../provider/check.ts";
import {
  integer,
  notEmpty,
  object,
  oneOf,
  type Properties,
  type Property,
  set,
  string,
} from "../provider/schema.ts";
import { isObject, type Value } from "../provider/values.ts";
import { asBody } from "./api.ts";
import { fromBody, toBody } from "./body.ts";
import { tag } from "./database.ts";

const protocol = string({ required: true, check: oneOf("tcp", "udp", "icmp") });

/** @param side `source` of an inbound rule, `destination` of an outbound one */
export function firewallRule(side: "source" | "destination"): Property {
  const peers: Properties = {
    [`${side}Addresses`]: set(string({ check: notEmpty }), { api: "addresses" }),
    [`${side}DropletIds`]: set(integer(), { api: "droplet_ids" }),
    [`${side}LoadBalancerUids`]: set(string({ check: notEmpty }), { api: "load_balancer_uids" }),
    [`${side}KubernetesIds`]: set(string({ check: notEmpty }), { api: "kubernetes_ids" }),
    [`${side}Tags`]: set(tag, { api: "tags" }),
  };
  const own: Properties = {
    protocol,
    portRange: string({ api: "ports", check: notEmpty }),
    action: string({ check: oneOf("allow", "deny") }),
  };
  const group = `${side}s`;
  return object(
    { ...own, ...peers },
    {
      read: (raw) => {
        const body = asBody(raw);
        return {
          ...fromBody(own, body),
          portRange: portRange(String(body.ports ?? ""), body.protocol),
          action: typeof body.action === "string" ? body.action : null,
          ...fromBody(peers, asBody(body[group])),
        };
      },
      write: (value) =>
        isObject(value)
          ? {
              ...toBody(own, value, { omitEmpty: true }),
              [group]: toBody(peers, value, { omitEmpty: true }),
            }
          : null,
    },
  );
}

/** "0" stands for all ports; a rule for ICMP has none. */
function portRange(ports: string, kind: unknown): Value {
  if (ports !== "0") return ports;
  return kind === "icmp" ? null : "all";
}

export const lacksPorts = (rule: Value): boolean =>
  isObject(rule) && typeof rule.protocol === "string" && rule.protocol !== "icmp" && isEmpty(rule.portRange);
