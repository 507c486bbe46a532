import type * as pulumi from "@pulumi/pulumi";
import type { RegistryType } from "./catalog.ts";
import type { CostLine } from "./costs.ts";

/** A container image. Exactly one of `tag` and `digest`. */
export interface Image {
  /** DigitalOcean's own registry, Docker Hub or GitHub's. */
  registryType: RegistryType;
  /** Account or organisation; left out for `DOCR`, and `library` for Docker Hub's official images. @default none */
  registry?: string;
  /** Name of the image in its registry. */
  repository: string;
  /** A name that may move. @default none, with `digest` */
  tag?: string;
  /** `sha256:...`: exactly this image. @default none, with `tag` */
  digest?: string;
  /** `user:token` for a private registry, secret. Not for `DOCR`. @default none */
  credentials?: pulumi.Input<string>;
}

/** What a program asks of whatever runs the product's API: the same for an app and for droplets. */
export interface ComputeArgs {
  /** What to run. A change is a rolling deployment. */
  image: Image;
  /** Port the process listens on. It gets it as `PORT`. */
  port: number;
  /** Path that answers 200 as soon as the process can serve. */
  healthPath: string;
  /** Environment variables that anyone may read. @default none */
  env?: Record<string, pulumi.Input<string>>;
  /** Environment variables that are kept encrypted. @default none */
  secretEnv?: Record<string, pulumi.Input<string>>;
  /** Command that runs once before each new version takes over, in the same image with the same variables. @default none */
  migrateCommand?: string;
  /** What must be there before a migration or the product starts, such as a database's grants. @default nothing */
  after?: pulumi.Resource[];
}

/** What runs the product's API, whichever way. */
export interface Compute {
  /** Which way. */
  readonly kind: "app-platform" | "droplets";
  /** Id at DigitalOcean of the app or the pool. */
  readonly computeId: pulumi.Output<string>;
  /** `https://` address that the public reaches. */
  readonly url: pulumi.Output<string>;
  /** Where it is reached without the product's host name: for whoever checks it before DNS leads there. */
  readonly address: pulumi.Output<string>;
  /** What it costs, line by line. */
  readonly costs: readonly CostLine[];
}
