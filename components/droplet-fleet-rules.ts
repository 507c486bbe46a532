import { dropletSizes } from "./catalog.ts";
import { overlaps } from "./cidr.ts";
import type { Image } from "./compute.ts";
import { computeProblems } from "./compute-rules.ts";
import type { DropletAutoscaling, DropletFleetArgs } from "./droplet-fleet-args.ts";

const publicKey =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+=*( \S.*)?$/;
const fingerprint = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/;

export const isPublicKey = (key: string): boolean => publicKey.test(key);

/** What is wrong with an entry of the SSH keys. */
export function sshKeyProblem(key: string): string | undefined {
  return isPublicKey(key) || fingerprint.test(key)
    ? undefined
    : "must be a public key such as `ssh-ed25519 AAAA... name`, or the MD5 fingerprint of one that the account has";
}

/** What is wrong with an address from which SSH shall be reached. */
export function sshFromProblem(source: string): string | undefined {
  if (!overlaps(source, "0.0.0.0/0"))
    return "must be an IPv4 address or range such as 203.0.113.7 or 203.0.113.0/28";
  const prefix = source.includes("/") ? Number(source.split("/")[1]) : 32;
  return prefix < 16 ? "must not be wider than /16: name who may log in" : undefined;
}

/** What is wrong with the bounds of automatic scaling. */
export function scalingProblem({ min, max }: Pick<DropletAutoscaling, "min" | "max">): string | undefined {
  return min >= max ? "needs min below max" : undefined;
}

/** What is wrong with where the log goes. */
export function syslogProblem(target: string): string | undefined {
  return /^[A-Za-z0-9.-]+:\d{1,5}$/.test(target) ? undefined : "must be host:port";
}

/**
 * Variables that a shell, the loader or Docker's command would take for its own: they would change what happens on the
 * droplet before the product starts.
 */
const taken = /^(BASH.*|BREAKWATER_.*|DOCKER_.*|LD_.*|EUID|GROUPS|IFS|PPID|SHELLOPTS|UID|PATH|HOME)$/;

/** What is wrong with a variable's name on a droplet. */
export function dropletVariableProblem(name: string): string | undefined {
  return taken.test(name) ? "can't be set on droplets: shell and Docker read it themselves" : undefined;
}

/** What is wrong with an image for droplets, which pull it themselves. */
export function dropletImageProblem(image: Partial<Image>, registry: string | undefined): string | undefined {
  if (image.registryType !== "DOCR") return undefined;
  return registry === undefined ? "needs the registry's name with DOCR" : undefined;
}

const hosts = { DOCKER_HUB: "docker.io", GHCR: "ghcr.io", DOCR: "registry.digitalocean.com" };

/** Host of an image's registry, and the image as `docker pull` takes it. */
export function imageReference(image: Image, registry?: string): { host: string; reference: string } {
  const host = hosts[image.registryType];
  const account = image.registryType === "DOCR" ? registry : image.registry;
  const version = image.digest === undefined ? `:${image.tag}` : `@${image.digest}`;
  return { host, reference: `${host}/${account}/${image.repository}${version}` };
}

/** What is wrong with these arguments, one line each. */
export function dropletFleetProblems(args: DropletFleetArgs): string[] {
  const { image, env = {}, secretEnv = {}, size, sshKeys, sshFrom = [], autoscale, instances } = args;
  // A droplet has credentials for DigitalOcean's registry as for any other.
  const { credentials, ...rest } = image;
  const problems = computeProblems({ ...args, image: image.registryType === "DOCR" ? rest : image });
  const complain = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  complain("image", dropletImageProblem(image, args.registry));
  for (const name of [...Object.keys(env), ...Object.keys(secretEnv)])
    complain(`variable ${name}`, dropletVariableProblem(name));
  if (!dropletSizes.includes(size)) complain(`size ${size}`, `must be one of ${dropletSizes.join(", ")}`);
  if (sshKeys.length === 0) complain("sshKeys", "must have at least one entry");
  for (const key of sshKeys) complain(`sshKeys ${key}`, sshKeyProblem(key));
  for (const source of sshFrom) complain(`sshFrom ${source}`, sshFromProblem(source));
  if (args.syslog !== undefined) complain(`syslog ${args.syslog}`, syslogProblem(args.syslog));
  if (autoscale) {
    if (instances !== undefined) complain("instances", "can't go together with autoscale");
    complain("autoscale", scalingProblem(autoscale));
  }
  if (instances !== undefined && (!Number.isInteger(instances) || instances < 1 || instances > 500))
    complain(`instances ${instances}`, "must be 1 to 500");
  return problems;
}
