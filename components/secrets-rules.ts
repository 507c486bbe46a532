import { duplicates } from "./database-rules.ts";
import { generationProblem } from "./generation.ts";
import type { SecretsArgs } from "./secrets.ts";

/** What follows the component's name in a secret's logical name. */
export const logicalSuffix = (key: string): string => key.toLowerCase().replaceAll("_", "-");

/** Where the product finds the secret that this one has followed, as long as it is kept. */
export const previousOf = (key: string): string => `${key}_PREVIOUS`;

/** Why a secret can't have this name among all of them: two would have one logical name. */
export function secretNameProblem(key: string, keys: string[]): string | undefined {
  return duplicates(keys.map(logicalSuffix)).includes(logicalSuffix(key))
    ? "must differ from every other secret in more than its capitals"
    : undefined;
}

/** What is wrong with these arguments, one line each. */
export function secretsProblems({ generate }: SecretsArgs): string[] {
  return Object.entries(generate).flatMap(([key, secret]) => {
    const { length = 64 } = secret;
    const name = secretNameProblem(key, Object.keys(generate));
    const generation = generationProblem(secret);
    return [
      ...(name ? [`${key} ${name}`] : []),
      ...(generation ? [`${key}.generation ${generation}`] : []),
      ...(Number.isInteger(length) && length >= 32 && length <= 256
        ? []
        : [`${key}.length must be 32 to 256`]),
    ];
  });
}
