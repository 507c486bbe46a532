import { atMostUsd, costLines, totalOf } from "../costs.ts";
import type { Rule } from "./rule.ts";

/** How many of the dearest lines a problem names. */
const NAMED = 3;

/** A stack may not be able to cost more than its budget, at the largest that its automatic scaling allows. */
export const budgetRules: Rule = (draft, check) => {
  const { budget } = draft;
  if (budget === undefined) return;
  const lines = costLines(draft);
  const total = totalOf(lines).atMostUsd;
  if (total <= budget) return;
  const dearest = lines
    .map((line) => ({ ...line, usd: atMostUsd(line) ?? 0 }))
    .sort((a, b) => b.usd - a.usd)
    .slice(0, NAMED)
    .map(({ component, what, quantity, most, usd }) => `${component} ${usd} (${most ?? quantity} x ${what})`);
  check(
    "budget",
    budget,
    `must be at least ${total}, what these settings can cost a month; dearest: ${dearest.join(", ")}`,
  );
};
