import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  appRegions,
  appSizes,
  datacentres,
  postgresSizes,
  postgresVersions,
  registryTypes,
  weekdays,
} from "./components/catalog.ts";
import { hourPattern, poolModes } from "./components/postgres-rules.ts";
import { defaultApiEndpoint } from "./settings/endpoint.ts";
import type { Problem } from "./settings/problem.ts";
import { type Draft, rules } from "./settings/rules.ts";
import { type Defaults, environments, field, type Neighbours, profiles } from "./settings/schema-kit.ts";
import { walk } from "./settings/walk.ts";

/**
 * The settings of a stack: everything under `breakwater:` in its stack file. This one schema is where their types, the
 * editor's JSON schema, the table in docs/settings.md and the defaults come from. What concerns more than one setting
 * is in settings/rules.ts.
 */

const ha = ({ profile }: Defaults) => profile === "ha";

const uuid = () => z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const integer = (min: number, max: number) => z.number().int().min(min).max(max);
const slug = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[a-z][a-z0-9-]*[a-z0-9]$/);
const slugAllowed = (max: number) =>
  `must be 2 to ${max} lower-case letters, digits and dashes, starting with a letter`;
const identifier = () =>
  z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_-]*$/);
const identifierAllowed =
  "must be at most 63 lower-case letters, digits, dashes and underscores, starting with a letter";
const uuidAllowed = "must be the UUID that DigitalOcean gave it";
const variable = () => z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
/** A secret leaves the parser as an Output, so that no plain object carries it further. */
const secret = () =>
  z
    .string()
    .min(1)
    .transform((value) => pulumi.secret(value));

const network = z.strictObject({
  ipRange: field(z.string().optional(), {
    default: ({ environment }: Defaults, { vpcId }: Neighbours) =>
      vpcId === undefined
        ? { local: "10.100.0.0/20", staging: "10.110.0.0/20", prod: "10.120.0.0/20" }[environment]
        : undefined,
    description:
      "Addresses of the VPC: private, /16 to /24, apart from all other VPCs of the account. The defaults of the environments lie apart, so that they can be peered.",
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
});

const database = z.strictObject({
  name: field(identifier(), {
    description: "Name of the database.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
  user: field(identifier(), {
    description:
      "Its user, who may create tables in it; never `doadmin`. One user may have several databases.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
});

const pool = z.strictObject({
  name: field(identifier(), {
    description: "Name of the pool. Any change to a pool replaces it: its clients reconnect.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
  database: field(identifier(), {
    description: "One of `postgres.databases`; the pool connects as its user.",
    effect: "replaces",
    allowed: identifierAllowed,
  }),
  mode: field(z.enum(poolModes), {
    description: "When a server connection goes back to the pool.",
    default: "transaction",
    effect: "replaces",
  }),
  size: field(integer(1, 997), {
    description:
      "Server connections that it holds. All pools together must fit the plan: 25 for each GiB of memory, less 3.",
    effect: "replaces",
  }),
});

const postgres = z.strictObject({
  version: field(
    z.union([z.enum(postgresVersions), z.literal(postgresVersions.map(Number))]).transform((version) => {
      const text = String(version);
      return postgresVersions.find((known) => known === text) ?? postgresVersions[0];
    }),
    {
      description: "Major version. A higher one upgrades in place, with downtime; there is no way back.",
      default: "17",
      effect: "restarts",
      allowed: `must be one of ${postgresVersions.join(", ")}`,
    },
  ),
  size: field(z.enum(postgresSizes), {
    description: "Plan of each node. Resized in place; a disk never gets smaller.",
    default: (c: Defaults) => (ha(c) ? "db-s-2vcpu-4gb" : "db-s-1vcpu-1gb"),
    effect: "restarts",
  }),
  nodeCount: field(integer(1, 3), {
    description: "The primary and its standbys. More than one needs a plan of 2 GiB or more.",
    default: (c: Defaults) => (ha(c) ? 2 : 1),
  }),
  databases: field(z.array(database).min(1), {
    description: "Databases with their users. The product gets the first.",
    default: [{ name: "app", user: "app" }],
  }),
  pools: field(z.array(pool).max(21), {
    description: "PgBouncer pools. The product gets the first of its database as `DATABASE_POOL_URL`.",
    default: (c: Defaults, { databases }: Neighbours) => {
      const [first] = z.array(z.object({ name: z.string() })).safeParse(databases).data ?? [];
      const name = first?.name ?? "app";
      return [{ name: `${name}-pool`, database: name, size: ha(c) ? 40 : 10 }];
    },
  }),
  trustedSources: field(z.array(z.string()), {
    description:
      "IPv4 addresses and ranges beside the VPC that may connect over the internet. Each is warned about; a public range wider than /24 is refused.",
    default: [],
  }),
  config: field(
    z.strictObject({
      backupHour: field(integer(0, 23), { description: "Hour of the daily backup, UTC.", default: 2 }),
      backupMinute: field(integer(0, 59), { description: "Minute of the daily backup.", default: 30 }),
      idleInTransactionSessionTimeout: field(integer(0, 604_800_000), {
        description: "Milliseconds after which an idle transaction is ended.",
        default: 60_000,
      }),
      logMinDurationStatement: field(integer(-1, 86_400_000), {
        description: "Milliseconds from which a statement is logged; -1 logs none.",
        default: 1000,
      }),
      deadlockTimeout: field(integer(500, 1_800_000).optional(), {
        description:
          "Milliseconds to wait for a lock before looking for a deadlock. PostgreSQL's own default is 1000.",
      }),
    }),
    { description: "Timeouts and the time of the daily backup." },
  ),
  maintenance: field(
    z.strictObject({
      day: field(z.enum(weekdays), { description: "Day of the window.", default: "sunday" }),
      hour: field(z.string().regex(hourPattern), {
        description: "Start of the window, `HH:MM` in UTC. Work begins within four hours.",
        default: "04:00",
        allowed: "must be HH:MM in UTC",
      }),
    }),
    { description: "When DigitalOcean may update the nodes." },
  ),
  storageMib: field(z.number().int().multipleOf(1024).min(1024).optional(), {
    description: "Disk of a node in MiB, a multiple of 1024. Each plan has its range; it never gets smaller.",
    allowed: "must be a multiple of 1024",
  }),
  storageAutoscale: field(
    z
      .strictObject({
        enabled: field(z.boolean(), {
          description: "`false` switches it off again; leaving the whole setting out changes nothing.",
          default: true,
        }),
        thresholdPercent: field(integer(15, 95), {
          description: "How full the disk gets first.",
          default: 80,
        }),
        incrementGib: field(integer(10, 500), { description: "By how much it grows.", default: 10 }),
      })
      .optional(),
    {
      description: "Grows the disk when it fills up.",
      default: (c: Defaults) => (c.environment === "prod" ? {} : undefined),
    },
  ),
  sslMode: field(z.enum(["verify-full", "require"]), {
    description:
      "What clients verify. `require` believes any certificate, and is warned about. The authority comes as `DATABASE_CA_CERT`.",
    default: "verify-full",
    effect: "restarts",
  }),
  name: field(slug(63).optional(), {
    description: "Name of the cluster, instead of `<project.name>-<environment>-pg`.",
    effect: "replaces",
    allowed: slugAllowed(63),
  }),
  import: field(
    z
      .strictObject({
        cluster: field(uuid(), { description: "UUID of the cluster.", allowed: uuidAllowed }),
        databases: field(z.array(identifier()), {
          description: "Databases that it has already.",
          default: [],
        }),
        users: field(z.array(identifier()), { description: "Users that it has already.", default: [] }),
      })
      .optional(),
    { description: "An existing cluster that the stack takes over; `name` must be its own." },
  ),
});

const image = z.strictObject({
  registryType: field(z.enum(registryTypes), {
    description: "DigitalOcean's own registry, Docker Hub or GitHub's.",
    default: "DOCR",
    effect: "restarts",
  }),
  registry: field(z.string().min(1).optional(), {
    description: "Account that holds the image; none with `DOCR`.",
    effect: "restarts",
  }),
  repository: field(z.string().min(1), { description: "Name of the image.", effect: "restarts" }),
  tag: field(
    z
      .string()
      .regex(/^\w[\w.-]{0,127}$/)
      .optional(),
    {
      description: "A name that may move. Exactly one of `tag` and `digest`.",
      effect: "restarts",
      allowed: "must be a tag such as v1.4.2",
    },
  ),
  digest: field(
    z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional(),
    {
      description: "Exactly this image.",
      effect: "restarts",
      allowed: "must be sha256: and 64 hex digits",
    },
  ),
});

const app = z.strictObject({
  region: field(z.enum(Object.values(appRegions)).optional(), {
    description: "Region of App Platform. Follows from `region`, and may only repeat it.",
    effect: "replaces",
  }),
  image: field(image, {
    description: "The product's API. `local` runs the example product of this repository.",
    default: ({ environment }: Defaults) =>
      environment === "local" ? { registryType: "DOCR", repository: "product-api", tag: "local" } : undefined,
    effect: "restarts",
  }),
  port: field(integer(1, 65_535), {
    description: "Port the process listens on.",
    default: 8080,
    effect: "restarts",
  }),
  instanceSize: field(z.enum(appSizes), {
    description: "Plan of each container.",
    default: (c: Defaults) => (ha(c) ? "apps-d-1vcpu-1gb" : "apps-s-1vcpu-0.5gb"),
    effect: "restarts",
  }),
  instances: field(integer(1, 250).optional(), {
    description: "Containers. Two or more survive the loss of one. Excludes `autoscale`.",
    default: (c: Defaults, { autoscale }: Neighbours) =>
      autoscale === undefined ? (ha(c) ? 2 : 1) : undefined,
  }),
  autoscale: field(
    z
      .strictObject({
        min: field(integer(1, 249), { description: "Containers at least.", default: 2 }),
        max: field(integer(2, 250), { description: "Containers at most.", default: 4 }),
        cpuPercent: field(integer(1, 100), { description: "CPU that it aims at.", default: 70 }),
      })
      .optional(),
    { description: "Scales by CPU. Needs a dedicated plan (`apps-d-`). Excludes `instances`." },
  ),
  healthPath: field(z.string().regex(/^\//), {
    description: "Path that answers 200 as soon as the process can serve.",
    default: "/healthz",
    effect: "restarts",
    allowed: "must be a path that starts with /",
  }),
  env: field(z.record(variable(), z.string()), {
    description: "Environment variables that anyone may read.",
    default: {},
    effect: "restarts",
    allowed: "must be text, under a name of letters, digits and underscores",
  }),
  migrateCommand: field(z.string().min(1).optional(), {
    description: "Runs once before each new version takes over, in the same image with the same variables.",
    effect: "restarts",
  }),
  termination: field(
    z.strictObject({
      drainSeconds: field(integer(1, 110), {
        description: "Seconds between leaving the balancer and SIGTERM.",
        default: 15,
      }),
      gracePeriodSeconds: field(integer(1, 600), {
        description: "Seconds between SIGTERM and the end.",
        default: 60,
      }),
    }),
    { description: "How a container ends.", effect: "restarts" },
  ),
  alerts: field(
    z.strictObject({
      emails: field(z.array(z.email()).optional(), {
        description: "Team members to write to; without any, the team's own address.",
        allowed: "must be an e-mail address",
      }),
      slackChannel: field(z.string().regex(/^#/).optional(), {
        description: "Slack channel to write to; needs `breakwater:slackWebhook`.",
        allowed: "must start with #",
      }),
      cpuPercent: field(integer(1, 100), { description: "Percent of CPU over ten minutes.", default: 80 }),
      memoryPercent: field(integer(1, 100), {
        description: "Percent of memory over ten minutes.",
        default: 80,
      }),
      restarts: field(integer(1, 1000), { description: "Restarts within ten minutes.", default: 3 }),
    }),
    { description: "Who hears of trouble, and from when it is trouble." },
  ),
});

const generated = z.strictObject({
  generation: field(integer(1, 1_000_000), {
    description: "Raise it to make a new secret; whatever uses it follows in the same update.",
    default: 1,
    effect: "restarts",
  }),
  length: field(integer(32, 256), { description: "Letters and digits.", default: 64, effect: "restarts" }),
});

/** Everything that `allowReplace` may name: component, or component and part. */
export const replaceable = ["network", "postgres.cluster", "postgres.databases", "postgres.users"] as const;

export const schema = z.strictObject({
  environment: field(z.enum(environments), {
    description:
      "What this stack is. `local` lives on this machine alone; `staging` and `prod` at DigitalOcean.",
  }),
  profile: field(z.enum(profiles), {
    description: "`lean` saves money, `ha` survives the loss of a node. Decides other defaults.",
    default: ({ environment }: Defaults) => (environment === "prod" ? "ha" : "lean"),
  }),
  rehearsal: field(z.boolean(), {
    description:
      "Bring this stack's settings up against a local cloud: demands a loopback API, and lifts protection and retention.",
    default: false,
  }),
  region: field(z.enum(datacentres), {
    description: "Datacentre of network and databases: one whose VPCs App Platform can join.",
    default: "fra1",
    effect: "replaces",
  }),
  project: field(
    z.strictObject({
      name: field(slug(17), {
        description: "First part of the names of everything at DigitalOcean.",
        default: "breakwater",
        effect: "replaces",
        allowed: slugAllowed(17),
      }),
      purpose: field(z.string().min(1).max(255), {
        description: "What the project is for.",
        default: "Web Application",
      }),
      description: field(z.string().max(255).optional(), { description: "Free text in the control panel." }),
      import: field(uuid().optional(), {
        description: "UUID of an existing project that the stack takes over.",
        allowed: uuidAllowed,
      }),
    }),
    { description: "The DigitalOcean project, and what everything is called." },
  ),
  network: field(network, { description: "The private network." }),
  postgres: field(postgres, { description: "The PostgreSQL cluster." }),
  app: field(app, { description: "The product's API on App Platform." }),
  secrets: field(z.record(variable(), generated), {
    description: "Secrets to generate, by the environment variable that brings them to the product.",
    default: { SECRET_KEY: {}, JWT_SIGNING_KEY: {} },
    effect: "restarts",
    allowed: "must have a name of letters, digits and underscores",
  }),
  secretEnv: field(z.record(variable(), field(secret(), { description: "One variable.", secret: true })), {
    description:
      "Environment variables that are secret. Set each with `pulumi config set --secret --path 'breakwater:secretEnv.NAME'`.",
    default: {},
    effect: "restarts",
    allowed: "must be text, under a name of letters, digits and underscores",
  }),
  registryCredentials: field(secret().optional(), {
    description:
      "`user:token` for a private registry. Set with `pulumi config set --secret breakwater:registryCredentials`.",
    effect: "restarts",
    secret: true,
  }),
  slackWebhook: field(secret().optional(), {
    description:
      "Webhook of the alerts' Slack channel. Set with `pulumi config set --secret breakwater:slackWebhook`.",
    secret: true,
  }),
  tags: field(
    z.array(
      z
        .string()
        .max(255)
        .regex(/^[a-z0-9:_-]+$/),
    ),
    {
      description: "Tags of databases, beside `breakwater` and `env:<environment>`.",
      default: [],
      allowed: "must be lower-case letters, digits, colons, dashes and underscores",
    },
  ),
  allowReplace: field(z.array(z.enum(replaceable)), {
    description: "Stateful parts that the next update may replace or delete. Take them out again afterwards.",
    default: [],
  }),
});

/** The settings of a stack, checked and complete. Secrets are Outputs. */
export type Settings = z.output<typeof schema>;

/** What stands in a stack file and around it, before anything is believed. */
export interface Raw {
  /** Values under `breakwater:`, by the part of the key after the colon. */
  config: Record<string, unknown>;
  /** Which of these keys hold a Pulumi secret. */
  secretKeys?: Iterable<string>;
  /** Paths inside secret keys that stand in clear in the stack file, such as `secretEnv.TOKEN`. */
  clearPaths?: string[];
  /** Base URL of DigitalOcean's API, as configuration or environment give it. @default DigitalOcean's own */
  apiEndpoint?: string;
}

export type Parsed =
  | { settings: Settings; apiEndpoint: string; problems?: undefined }
  | { settings?: undefined; apiEndpoint?: undefined; problems: Problem[] };

/**
 * Checks and completes the settings of a stack. Pure: needs no engine, and never throws for what a user wrote.
 *
 * @returns the settings, or every problem at once.
 */
export function parse(raw: Raw): Parsed {
  const environment = environments.find((known) => known === raw.config.environment) ?? "local";
  const profile =
    profiles.find((known) => known === raw.config.profile) ?? (environment === "prod" ? "ha" : "lean");
  const problems: Problem[] = [];
  const settings = walk(schema, raw.config, {
    context: { environment, profile },
    problems,
    path: "breakwater:",
    secretKeys: new Set(raw.secretKeys),
    clearPaths: new Set(raw.clearPaths),
  });
  const apiEndpoint = raw.apiEndpoint ?? defaultApiEndpoint;
  problems.push(...rules(settings as Draft, apiEndpoint));
  // Without a problem the walk has filled every setting in.
  return problems.length ? { problems } : { settings: settings as Settings, apiEndpoint };
}
