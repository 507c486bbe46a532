import type { BucketArgs } from "./bucket-args.ts";
import { spacesRegions } from "./catalog.ts";
import { generationProblem } from "./generation.ts";
import { nameProblem } from "./names.ts";

const bucketType = "digitalocean:index/spacesBucket:SpacesBucket";

/** Digits that make a bucket's name its own on the whole platform, with their dash. */
const suffixLength = 9;

/** What is wrong with the name of a bucket. */
export function bucketNameProblem(name: string): string | undefined {
  return nameProblem(bucketType, name);
}

/** What is wrong with the part of a bucket's name that stands before its random digits. */
export function bucketPrefixProblem(prefix: string): string | undefined {
  return nameProblem(bucketType, `${prefix}-${"0".repeat(suffixLength - 1)}`);
}

/** The two parts of a bucket's import id. */
export function bucketOf(importId: string): { region: string; name: string } | undefined {
  const [, region, name] = /^([a-z]{3}\d),([^,]+)$/.exec(importId) ?? [];
  return region !== undefined && name !== undefined ? { region, name } : undefined;
}

/** What is wrong with the import id of a bucket in a region, which may have been given a name as well. */
export function bucketImportProblem(importId: string, region: string, name?: string): string | undefined {
  const bucket = bucketOf(importId);
  if (!bucket) return "must be <region>,<name>";
  if (bucket.region !== region) return `must be in ${region}, the region of the bucket's settings`;
  if (name !== undefined && bucket.name !== name)
    return `must be of ${name}, the name of the bucket's settings`;
  return bucketNameProblem(bucket.name);
}

/**
 * What is wrong with an origin as browsers send it: it is none, or anyone could have it. Plain http only on this machine,
 * where nobody can listen in.
 */
export function originProblem(origin: string): string | undefined {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || url.origin !== origin || origin.includes("*"))
    return "must be scheme and host alone, such as https://www.example.com";
  const here = /^(localhost|[^/]*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && here)) return undefined;
  return "must be https://";
}

/** What is wrong with the arguments that all buckets share, one line each. */
export function bucketProblems(name: string, args: BucketArgs): string[] {
  const problems: string[] = [];
  const check = (what: string, problem: string | undefined) => {
    if (problem) problems.push(`${what} ${problem}`);
  };
  const { region, bucketName, namePrefix, keyGeneration = 1 } = args;
  if (!spacesRegions.includes(region))
    check(`region ${region}`, `must be one of ${spacesRegions.join(", ")}`);
  if (bucketName !== undefined) check(`bucketName ${bucketName}`, bucketNameProblem(bucketName));
  if (namePrefix !== undefined && (bucketName !== undefined || args.import !== undefined))
    problems.push("namePrefix can't go together with bucketName or import");
  if (bucketName === undefined && args.import === undefined)
    check(`namePrefix ${namePrefix ?? name}`, bucketPrefixProblem(namePrefix ?? name));
  if (args.import !== undefined)
    check(`import ${args.import}`, bucketImportProblem(args.import, region, bucketName));
  check(
    `keyGeneration ${keyGeneration}`,
    generationProblem({ generation: keyGeneration, keepPrevious: args.keepPreviousKey }),
  );
  if (args.endpoint !== undefined && !URL.canParse(args.endpoint))
    problems.push(`endpoint ${args.endpoint} must be a URL`);
  return problems;
}
