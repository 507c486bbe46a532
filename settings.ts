import { z } from "zod";
import { datacentres } from "./components/catalog.ts";
import { app } from "./settings/app.ts";
import { assets } from "./settings/assets.ts";
import { cache } from "./settings/cache.ts";
import { documents } from "./settings/documents.ts";
import { domain } from "./settings/domain.ts";
import { droplets } from "./settings/droplets.ts";
import { defaultApiEndpoint, type SpacesAddress } from "./settings/endpoint.ts";
import { secret, secretMatching, slug, slugAllowed, uuid, uuidAllowed, variable } from "./settings/kinds.ts";
import { loadBalancer } from "./settings/load-balancer.ts";
import { mongo } from "./settings/mongo.ts";
import { monitoring } from "./settings/monitoring.ts";
import { network } from "./settings/network.ts";
import { postgres } from "./settings/postgres.ts";
import type { Problem } from "./settings/problem.ts";
import { replaceable } from "./settings/protected.ts";
import { recovery } from "./settings/recovery.ts";
import type { Draft } from "./settings/rules/rule.ts";
import { rules } from "./settings/rules.ts";
import {
  type Defaults,
  type Environment,
  environments,
  field,
  type Profile,
  profiles,
} from "./settings/schema-kit.ts";
import { generated } from "./settings/secrets.ts";
import { walk } from "./settings/walk.ts";

/**
 * The settings of a stack: everything under `breakwater:` in its stack file. This one schema is where their types, the
 * editor's JSON schema, the table in docs/settings.md and the defaults come from. What concerns more than one setting
 * is in settings/rules.ts.
 */

export const computes = ["app-platform", "droplets"] as const;

/** The profile of an environment whose stack file names none. */
const usualProfile = (environment: Environment): Profile => (environment === "prod" ? "ha" : "lean");

export const schema = z.strictObject({
  environment: field(z.enum(environments), {
    description:
      "What this stack is. `local` lives on this machine alone; `staging` and `prod` at DigitalOcean.",
  }),
  profile: field(z.enum(profiles), {
    description: "`lean` saves money, `ha` survives the loss of a node. Decides other defaults.",
    default: ({ environment }: Defaults) => usualProfile(environment),
  }),
  rehearsal: field(z.boolean(), {
    description:
      "Bring this stack's settings up against a local cloud: demands a loopback API, and lifts protection and retention.",
    default: false,
  }),
  region: field(z.enum(datacentres), {
    description:
      "Datacentre of network and databases: one whose VPCs App Platform can join. A change needs another `network.name` and `network.ipRange` as well.",
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
  compute: field(z.enum(computes), {
    description:
      "What runs the product: App Platform, or droplets behind a load balancer, which need `domain`. The product sees no difference; docs/evaluation.md compares them. A change brings up the one, then takes down the other.",
    default: "app-platform",
    effect: "replaces",
  }),
  network: field(network, { description: "The private network." }),
  postgres: field(postgres, { description: "The PostgreSQL cluster." }),
  mongo: field(mongo, { description: "The MongoDB cluster." }),
  cache: field(cache, { description: "The Valkey cluster: cache, counters and queues." }),
  documents: field(documents, { description: "The private, versioned bucket for people's documents." }),
  assets: field(assets, { description: "The public bucket behind the CDN." }),
  app: field(app, { description: "The product's API; plan, number and alerts are App Platform's." }),
  droplets: field(droplets, { description: "The droplets, with `compute: droplets`." }),
  loadBalancer: field(loadBalancer, { description: "The load balancer, with `compute: droplets`." }),
  domain: field(domain.optional(), {
    description: "The zone with its records and certificates. Required with `compute: droplets`.",
  }),
  monitoring: field(monitoring, { description: "Alerts, and checks from outside." }),
  recovery: field(recovery, {
    description: "Restoring data: objectives, and what is there to measure them.",
  }),
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
  postgresUri: field(
    secretMatching(/^postgres(ql)?:\/\/\S+[?&]sslmode=(require|verify-ca|verify-full)(&|$)/).optional(),
    {
      description:
        "URI of an external PostgreSQL database. Set with `pulumi config set --secret breakwater:postgresUri`.",
      effect: "restarts",
      secret: true,
      allowed: "must be postgresql://... with sslmode=verify-full, verify-ca or require",
    },
  ),
  mongoUri: field(
    secretMatching(
      /^(mongodb\+srv:\/\/(?!.*[?&](tls|ssl)=false)|mongodb:\/\/(?=.*[?&](tls|ssl)=true))\S+$/,
    ).optional(),
    {
      description:
        "URI of an external MongoDB database. Set with `pulumi config set --secret breakwater:mongoUri`.",
      effect: "restarts",
      secret: true,
      allowed: "must be mongodb+srv://..., or mongodb://... with tls=true",
    },
  ),
  cacheUri: field(secretMatching(/^rediss:\/\/\S+$/).optional(), {
    description:
      "URI of an external Valkey or Redis. Set with `pulumi config set --secret breakwater:cacheUri`.",
    effect: "restarts",
    secret: true,
    allowed: "must be rediss://...: one without TLS is refused",
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
      description:
        "Tags of databases, beside `<project.name>-<environment>`. The stack does not own them: they stay behind.",
      default: [],
      allowed: "must be lower-case letters, digits, colons, dashes and underscores",
    },
  ),
  budget: field(z.number().positive().optional(), {
    description:
      "USD a month that the stack may be able to cost, at the largest that its automatic scaling allows; `npm run cost` has the lines. Transfer and what else only use decides is not counted.",
    allowed: "must be a number of USD a month",
  }),
  allowReplace: field(z.array(z.enum(replaceable)), {
    description:
      "Stateful parts that may be replaced or deleted. Name them in an update of its own, which takes their protection off; then make the change; then take them out again.",
    default: [],
  }),
  retain: field(z.boolean(), {
    description:
      "Whether what leaves the stack, or was replaced in it, stays at DigitalOcean: it then costs money until somebody deletes it by hand. The users of a MongoDB, keys and what holds no data go all the same. Takes effect one update after it was set. A rehearsal keeps nothing.",
    default: ({ environment }: Defaults) => environment !== "local",
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
  /** How Spaces are reached, as the environment gives it. @default not looked at */
  spaces?: SpacesAddress;
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
  const profile = profiles.find((known) => known === raw.config.profile) ?? usualProfile(environment);
  const problems: Problem[] = [];
  const settings = walk(schema, raw.config, {
    context: { environment, profile },
    problems,
    path: "breakwater:",
    secretKeys: new Set(raw.secretKeys),
    clearPaths: new Set(raw.clearPaths),
  });
  const apiEndpoint = raw.apiEndpoint ?? defaultApiEndpoint;
  // What has a problem of its own already is missing from the settings: that it is required would be one too many.
  const wrong = new Set(problems.map(({ path }) => path));
  const across = rules(settings as Draft, { apiEndpoint, spaces: raw.spaces });
  problems.push(...across.filter(({ path, found }) => found !== undefined || !wrong.has(path)));
  // Without a problem the walk has filled every setting in.
  return problems.length ? { problems } : { settings: settings as Settings, apiEndpoint };
}
