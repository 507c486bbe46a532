import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { assignment } from "./checks/assignment.ts";

/** The configuration of the drill's program. `npm run drill` writes it; docs/drills.md shows it for those who run `pulumi up` themselves. */

const image = z.object({
  registryType: z.string(),
  registry: z.string().optional(),
  repository: z.string(),
  tag: z.string().optional(),
  digest: z.string().optional(),
});

const login = z.object({ database: z.string(), user: z.string() });

const plan = z.object({
  /** What marks this drill's result. */
  id: z.string().regex(/^[a-z0-9-]{4,25}$/),
  engine: z.enum(["pg", "mongodb", "valkey"]),
  region: z.string(),
  vpcId: z.string(),
  /** What is restored. Without it the job works on the source. */
  copy: z
    .object({
      /** 3 to 63 characters. */
      name: z.string(),
      version: z.string(),
      /** Plan of the copy's one node: its disk must be no smaller than the source's. */
      size: z.string(),
      storageMib: z.string().optional(),
      /** Who may connect to the copy, as `DatabaseFirewall` takes it. */
      trustedSources: z.array(z.object({ type: z.string(), value: z.string() })).min(1),
      tags: z.array(z.string()),
      /** The cluster to copy by its *name*, and the time. Without `backup` the copy has the product's databases and nothing in them. */
      backup: z.object({ clusterName: z.string(), createdAt: z.string() }).optional(),
      /** The product's databases, each with the user whom it is read as, and the canary's. */
      product: z.array(login).min(1),
      canary: login.optional(),
    })
    .optional(),
  /** A new, empty cache, which a deployment of the product of its own has in production's place. */
  cache: z
    .object({
      /** 3 to 63 characters. */
      name: z.string(),
      version: z.string(),
      size: z.string(),
      evictionPolicy: z.string().optional(),
      trustedSources: z.array(z.object({ type: z.string(), value: z.string() })).min(1),
      tags: z.array(z.string()),
    })
    .optional(),
  /** The app whose job works inside the VPC; without it the copy is there to be looked at. */
  job: z
    .object({
      appName: z.string(),
      appRegion: z.string(),
      image,
      /** What it runs of this folder. */
      program: z.enum(["checks/main.ts", "recordings/main.ts", "dumps/now.ts"]),
      instanceSize: z.string().default("apps-s-1vcpu-1gb"),
      /** Minutes after which the job's result is no longer waited for. App Platform ends a job after 30. */
      patienceMinutes: z.number().default(40),
    })
    .optional(),
});

/** What of the checks' assignment is known before the copy is there. It has the addresses of the source, so it is a secret. */
const known = assignment.omit({ id: true, engine: true, restored: true }).partial();

/** What of the product goes into a deployment, as the stack tells it. It has the product's secrets. */
const product = z.object({
  image: image.extend({ registryCredentials: z.string().optional() }),
  port: z.number(),
  healthPath: z.string(),
  envs: z.array(z.object({ key: z.string(), value: z.string(), type: z.string(), scope: z.string() })),
});

const config = new pulumi.Config();

/** The product, where it is deployed. */
export const deployed: pulumi.Output<z.output<typeof product>> | undefined = config
  .getSecretObject<unknown>("product")
  ?.apply((given) => product.parse(given));

export type EmptyCache = NonNullable<z.output<typeof plan>["cache"]>;
export type Copy = NonNullable<z.output<typeof plan>["copy"]>;

export const drill = plan.parse(config.requireObject("plan"));
export const assigned: pulumi.Output<z.output<typeof known>> = config
  .requireSecretObject<unknown>("assignment")
  .apply((given) => known.parse(given));
