import { z } from "zod";
import { weekdays } from "../components/catalog.ts";
import { hourPattern } from "../components/database-rules.ts";
import { identifier, identifierAllowed, slug, slugAllowed, uuid, uuidAllowed } from "./kinds.ts";
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

/** Databases with their users. @param user says what a user is. */
export const databases = (user: string) =>
  field(
    z
      .array(
        z.strictObject({
          name: field(identifier(), {
            description: "Name of the database.",
            effect: "replaces",
            allowed: identifierAllowed,
          }),
          user: field(identifier(), { description: user, effect: "replaces", allowed: identifierAllowed }),
        }),
      )
      .min(1),
    {
      description: "Databases with their users. The product gets the first.",
      default: [{ name: "app", user: "app" }],
    },
  );

/** An existing cluster, and what it has already of what the stack would make in it. */
export const takenOver = <Has extends z.core.$ZodLooseShape>(has: Has) =>
  field(
    z
      .strictObject({
        cluster: field(uuid(), { description: "UUID of the cluster.", allowed: uuidAllowed }),
        ...has,
      })
      .optional(),
    {
      description:
        "An existing cluster that the stack takes over; `name` must be its own. Its trusted sources are replaced by the VPC and `trustedSources`.",
    },
  );

/** Names of what a cluster that is taken over has. */
export const has = (description: string) => field(z.array(identifier()), { description, default: [] });
