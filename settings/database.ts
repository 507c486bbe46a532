import { z } from "zod";
import { weekdays } from "../components/catalog.ts";
import { hourPattern } from "../components/database-rules.ts";
import { slug, slugAllowed } from "./kinds.ts";
import { field } from "./schema-kit.ts";

/** Settings that the sections of all databases have. */

export const provisions = ["managed", "external", "none"] as const;

/** Where the product's database comes from. `uri` is the top-level setting of an external one. */
export const provision = (uri: string) =>
  field(z.enum(provisions), {
    description: `\`managed\` by this stack at DigitalOcean; \`external\`, whose URI is the secret \`${uri}\`; or \`none\`. The product gets the same variables.`,
    default: "managed",
    effect: "replaces",
  });

export const caCertificate = field(
  z
    .string()
    .regex(/^-----BEGIN CERTIFICATE-----\n/)
    .optional(),
  {
    description:
      "PEM text of the authority that signs an external database's certificate. Without it, clients believe public authorities.",
    effect: "restarts",
    allowed: "must be PEM text that starts with -----BEGIN CERTIFICATE-----",
  },
);

/** The version of an engine, which YAML may take for a number: `8.0` is read as 8. */
export function engineVersion<const V extends string>(versions: readonly [V, ...V[]]) {
  return z
    .union([z.enum(versions), z.literal(versions.map(Number))])
    .transform((given): V => versions.find((known) => Number(known) === Number(given)) ?? versions[0]);
}

export const trustedSources = field(z.array(z.string()), {
  description:
    "IPv4 addresses and ranges beside the VPC that may connect over the internet. Each is warned about; a public range wider than /24 is refused.",
  default: [],
});

export const maintenance = field(
  z.strictObject({
    day: field(z.enum(weekdays), { description: "Day of the window.", default: "sunday" }),
    hour: field(z.string().regex(hourPattern), {
      description: "Start of the window, `HH:MM` in UTC. Work begins within four hours.",
      default: "04:00",
      allowed: "must be HH:MM in UTC",
    }),
  }),
  { description: "When DigitalOcean may update the nodes." },
);

/** The cluster's name at DigitalOcean, instead of `<project.name>-<environment>-<suffix>`. */
export const clusterName = (suffix: string) =>
  field(slug(63).optional(), {
    description: `Name of the cluster, instead of \`<project.name>-<environment>-${suffix}\`. Outside \`local\` a replaced cluster stays beside its successor, which needs another name.`,
    effect: "replaces",
    allowed: slugAllowed(63),
  });
