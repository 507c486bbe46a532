import type { Output } from "@pulumi/pulumi";
import type { Settings } from "../../settings.ts";

/** Settings as far as they are right on their own. */
export type Draft = DeepPartial<Settings>;
type DeepPartial<T> =
  T extends Output<unknown>
    ? T
    : T extends (infer E)[]
      ? (DeepPartial<E> | undefined)[]
      : T extends object
        ? { [K in keyof T]?: DeepPartial<T[K]> }
        : T;

/**
 * Notes a problem of the setting at `path`, such as `postgres.size`; none when `problem` is undefined. `value` is shown:
 * never a secret.
 */
export type Check = (path: string, value: unknown, problem: string | undefined) => void;

/** What concerns more than one setting of a section, or needs more than a pattern. Says nothing where a part is missing. */
export type Rule = (draft: Draft, check: Check) => void;

/** Those of some values that are there. */
export function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
