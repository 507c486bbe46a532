import { duplicates } from "./database-rules.ts";
import type { SecretsArgs } from "./secrets.ts";

/** What follows the component's name in a secret's logical name. */
export const logicalSuffix = (key: string): string => key.toLowerCase().replaceAll("_", "-");

/** Why a secret can't have this name among all of them: two would have one logical name. */
export function secretNameProblem(key: string, keys: string[]): string | undefined {
  return duplicates(keys.map(logicalSuffix)).includes(logicalSuffix(key))
    ? "must differ from every other secret in more than its capitals"
    : undefined;
}

/** What is wrong with these arguments, one line each. */
export function secretsProblems({ generate }: SecretsArgs): string[] {
  return Object.entries(generate).flatMap(([key, { generation, length = 64 }]) => {
    const name = secretNameProblem(key, Object.keys(generate));
    return [
      ...(name ? [`${key} ${name}`] : []),
      ...(Number.isInteger(generation) && generation >= 1 ? [] : [`${key}.generation must be 1 or more`]),
      ...(Number.isInteger(length) && length >= 32 && length <= 256
        ? []
        : [`${key}.length must be 32 to 256`]),
    ];
  });
}
