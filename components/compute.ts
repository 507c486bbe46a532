import type * as pulumi from "@pulumi/pulumi";
import type { RegistryType } from "./catalog.ts";

/** A container image. Exactly one of `tag` and `digest`. */
export interface Image {
  registryType: RegistryType;
  /** Account or organisation; left out for `DOCR`, and `library` for Docker Hub's official images. */
  registry?: string;
  repository: string;
  /** A name that may move. */
  tag?: string;
  /** `sha256:...`: exactly this image. */
  digest?: string;
  /** `user:token` for a private registry, secret. Not for `DOCR`. */
  credentials?: pulumi.Input<string>;
}

/** What a program asks of whatever runs the product's API: the same for an app and for droplets. */
export interface ComputeArgs {
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
}

/** What runs the product's API, whichever way. */
export interface Compute {
  readonly kind: "app-platform" | "droplets";
  /** Id at DigitalOcean of the app or the pool. */
  readonly computeId: pulumi.Output<string>;
  /** `https://` address that the public reaches. */
  readonly url: pulumi.Output<string>;
}

/** Names that variables may have. */
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with the name of an environment variable. */
export function variableProblem(name: string): string | undefined {
  return variablePattern.test(name)
    ? undefined
    : "must be letters, digits and underscores, not starting with a digit";
}

/** What is wrong with these arguments, one line each. */
export function computeProblems(args: ComputeArgs): string[] {
  const { image, port, healthPath, env = {}, secretEnv = {} } = args;
  const problems = imageProblems(image).map((problem) => `image ${problem}`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push(`port ${port} must be 1 to 65535`);
  if (!healthPath.startsWith("/")) problems.push(`healthPath ${healthPath} must start with /`);
  for (const name of [...Object.keys(env), ...Object.keys(secretEnv)]) {
    const problem = variableProblem(name);
    if (problem) problems.push(`variable ${name} ${problem}`);
  }
  for (const name of Object.keys(env))
    if (name in secretEnv) problems.push(`variable ${name} is both in env and in secretEnv`);
  return problems;
}

/** What is wrong with an image, one line each. */
export function imageProblems(image: Partial<Image>): string[] {
  const problems: string[] = [];
  if ((image.tag === undefined) === (image.digest === undefined))
    problems.push("needs either tag or digest, and not both");
  if (image.registryType === "DOCR") {
    if (image.registry !== undefined) problems.push("has no registry with DOCR: it is the account's own");
    if (image.credentials !== undefined) problems.push("needs no credentials with DOCR");
  } else if (image.registryType !== undefined && image.registry === undefined)
    problems.push(`needs a registry with ${image.registryType}: the account that holds the image`);
  return problems;
}
