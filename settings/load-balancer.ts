import { z } from "zod";
import { ha, integer } from "./kinds.ts";
import { type Defaults, field } from "./schema-kit.ts";

/** Settings of the load balancer in front of droplets. */
export const loadBalancer = z.strictObject({
  nodes: field(integer(1, 100), {
    description: "Nodes; two or more survive the loss of one. One change an hour, none in the first.",
    default: (c: Defaults) => (ha(c) ? 2 : 1),
  }),
  idleTimeoutSeconds: field(integer(30, 600), {
    description: "Seconds after which an idle connection is closed.",
    default: 60,
  }),
  allow: field(z.array(z.string()), {
    description: "Who may reach it: `ip:ADDRESS` and `cidr:RANGE`. By default, everyone.",
    default: [],
  }),
  deny: field(z.array(z.string()), { description: "Who may not: entries as in `allow`.", default: [] }),
});
