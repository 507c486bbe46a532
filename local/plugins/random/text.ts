/** What random strings and passwords share: which characters, how many of each at least. */
import { randomInt } from "node:crypto";
import type { Failure } from "../provider/check.ts";
import { between, boolean, integer, type Properties, string } from "../provider/schema.ts";
import { unknown, type Values } from "../provider/values.ts";
import { keepers } from "./once.ts";

const replaces = { replaces: true } as const;
const wanted = { ...replaces, default: true } as const;
const least = { ...replaces, default: 0, check: between(0, Number.MAX_SAFE_INTEGER) } as const;

export const textInputs: Properties = {
  keepers,
  length: integer({ ...replaces, required: true, check: between(1, Number.MAX_SAFE_INTEGER) }),
  lower: boolean(wanted),
  upper: boolean(wanted),
  numeric: boolean(replaces),
  /** The older name of `numeric`; both always say the same. */
  number: boolean(replaces),
  special: boolean(wanted),
  minLower: integer(least),
  minUpper: integer(least),
  minNumeric: integer(least),
  minSpecial: integer(least),
  /** The special characters, instead of the usual ones. */
  overrideSpecial: string(replaces),
};

const usualSpecial = "!@#$%&*()-_=+[]{}<>:?";

export function planText(planned: Values): Values {
  const numeric = planned.numeric ?? planned.number ?? true;
  return { ...planned, numeric, number: planned.number ?? numeric };
}

export function checkText(inputs: Values): Failure[] {
  if (Object.values(inputs).some((value) => value === unknown)) return [];
  const { length, numeric, number, lower, upper, special } = inputs;
  const failures: Failure[] = [];
  if (numeric !== undefined && number !== undefined && numeric !== number) {
    failures.push({ property: "number", reason: "contradicts numeric: give numeric alone" });
  }
  if ([lower, upper, special, numeric ?? number].every((one) => one === false)) {
    failures.push({
      property: "length",
      reason: "no kind of character is allowed: allow one of lower, upper, numeric, special",
    });
  }
  const names = ["minLower", "minUpper", "minNumeric", "minSpecial"];
  const sum = names.reduce((total, name) => total + Number(inputs[name] ?? 0), 0);
  if (sum > Number(length))
    failures.push({ property: "length", reason: `must be at least the sum of the minima, ${sum}` });
  return failures;
}

/** A string of the planned kind; every allowed one is equally likely among those that reach the minima by this scheme. */
export function randomText(planned: Values): string {
  const override = planned.overrideSpecial;
  const kinds = [
    { allowed: planned.numeric, least: planned.minNumeric, characters: "0123456789" },
    { allowed: planned.lower, least: planned.minLower, characters: "abcdefghijklmnopqrstuvwxyz" },
    { allowed: planned.upper, least: planned.minUpper, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    {
      allowed: planned.special,
      least: planned.minSpecial,
      characters: typeof override === "string" && override !== "" ? override : usualSpecial,
    },
  ];
  const all = kinds.map(({ allowed, characters }) => (allowed === false ? "" : characters)).join("");
  const picked = kinds.flatMap(({ least: count, characters }) => pick(characters, Number(count ?? 0)));
  return shuffled([...picked, ...pick(all, Number(planned.length) - picked.length)]).join("");
}

const pick = (characters: string, count: number): string[] =>
  Array.from({ length: count }, () => characters.charAt(randomInt(characters.length)));

/** Fisher and Yates, so that the minima don't show in the order. */
function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items];
  return Array.from(items, () => left.splice(randomInt(left.length), 1)).flat();
}

/** The state of a string from elsewhere: the defaults, with its own length. */
export const adoptedText = (result: string): Values => ({
  ...planText({
    lower: true,
    upper: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
  }),
  length: result.length,
  result,
});
