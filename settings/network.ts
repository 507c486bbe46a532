import { z } from "zod";
import { uuid, uuidAllowed } from "./kinds.ts";
import { type Defaults, field, type Neighbours } from "./schema-kit.ts";

/** Settings of the private network. */
export const network = z.strictObject({
  ipRange: field(z.string().optional(), {
    default: ({ environment }: Defaults, { vpcId }: Neighbours) =>
      vpcId === undefined
        ? { local: "10.100.0.0/20", staging: "10.110.0.0/20", prod: "10.120.0.0/20" }[environment]
        : undefined,
    description:
      "Addresses of the VPC: private, /16 to /24, apart from all other VPCs of the account. The defaults of the environments lie apart, so that they can be peered. A change needs another `name` as well: the new VPC is made first.",
    effect: "replaces",
  }),
  vpcId: field(uuid().optional(), {
    description: "UUID of an existing VPC to use and leave as it is. Excludes `ipRange` and `import`.",
    effect: "replaces",
    allowed: uuidAllowed,
  }),
  import: field(uuid().optional(), {
    description: "UUID of an existing VPC that the stack takes over; `ipRange` and `name` must be its own.",
    allowed: uuidAllowed,
  }),
  name: field(
    z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9.-]+$/)
      .optional(),
    {
      description: "Name of the VPC, instead of `<project.name>-<environment>`.",
      allowed: "must be at most 255 letters, digits, dashes and dots",
    },
  ),
  separateData: field(z.boolean(), {
    description:
      "Apps or droplets in a VPC of their own, peered with this one, where the databases are. A change moves apps; it replaces load balancer and droplets.",
    default: false,
    effect: "replaces",
  }),
  appsIpRange: field(z.string().optional(), {
    default: ({ environment }: Defaults, { separateData }: Neighbours) =>
      separateData === true
        ? { local: "10.100.16.0/20", staging: "10.110.16.0/20", prod: "10.120.16.0/20" }[environment]
        : undefined,
    description:
      "Addresses of the VPC of apps or droplets, with `separateData`: private, /16 to /24, apart from all others.",
    effect: "replaces",
  }),
});
