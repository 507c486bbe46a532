import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { firewallBackendPrivate } from "./firewall-backend-private.ts";

const pool = resource(types.dropletAutoscale, { dropletTemplate: { tags: ["api"] } }, { name: "pool" });
const balancer = resource(types.loadBalancer, { dropletTag: "api" }, { name: "lb" });
const firewall = (portRange: string, ...sourceAddresses: unknown[]) =>
  resource(types.firewall, {
    tags: ["api"],
    inboundRules: [{ protocol: "tcp", portRange, sourceAddresses }],
  });

cases(firewallBackendPrivate, {
  good: {
    "one of which nothing is told": [resource(types.firewall)],
    "private sources": [firewall("8080", "10.0.0.0/16"), pool, balancer],
    "an office on SSH": [firewall("22", "203.0.113.7"), pool, balancer],
    "droplets without a balancer": [firewall("443", "203.0.113.7"), pool],
    "no inbound rules": [resource(types.firewall, { tags: ["api"] }), pool, balancer],
    "another firewall": [resource(types.firewall, { tags: ["db"] }), pool, balancer],
  },
  bad: {
    "one address beside the balancer": [
      [firewall("8080", "203.0.113.7"), pool, balancer],
      "inboundRules[0].sourceAddresses[0]",
      /past its balancer.*sourceLoadBalancerUids/,
    ],
  },
  unknown: {
    "an address": [[firewall("8080", unknown), pool, balancer], "inboundRules[0].sourceAddresses[0]"],
    "the firewall's tags": [[resource(types.firewall, { tags: unknown }), pool, balancer], "tags"],
  },
});
