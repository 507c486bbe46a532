import { z } from "zod";
import { appRegions, appSizes, registryTypes } from "../components/catalog.ts";
import { ha, integer, slug, slugAllowed, uuid, uuidAllowed, variable } from "./kinds.ts";
import { type Defaults, field, type Neighbours } from "./schema-kit.ts";

/** A container image; a new schema each time, since each place says something else of it. */
export const image = () =>
  z.strictObject({
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

/** Settings of the product's API. */
export const app = z.strictObject({
  name: field(slug(32).optional(), {
    description: "Name of the app, instead of `<project.name>-<environment>-api`.",
    allowed: slugAllowed(32),
  }),
  import: field(uuid().optional(), {
    description:
      "UUID of an existing app that the stack takes over: its specification becomes the stack's, with a deployment.",
    allowed: uuidAllowed,
  }),
  region: field(z.enum(Object.values(appRegions)).optional(), {
    description: "Region of App Platform. Follows from `region`, and may only repeat it.",
    effect: "replaces",
  }),
  image: field(image(), {
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
