import type { ComputeArgs, Image } from "./compute.ts";

/** Names that variables may have. */
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with the name of an environment variable. */
function variableProblem(name: string): string | undefined {
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
    if (Object.hasOwn(secretEnv, name)) problems.push(`variable ${name} is both in env and in secretEnv`);
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
