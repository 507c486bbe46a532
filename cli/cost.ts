import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { z } from "zod";
import {
  atMostUsd,
  type CostLine,
  costLines,
  type MonthlyCost,
  priceOf,
  pricesOf,
  totalOf,
} from "../settings/costs.ts";
import type { StackFile } from "../settings/stack-file.ts";
import { options } from "./arguments.ts";
import { UserError } from "./errors.ts";
import { root } from "./places.ts";
import { capture } from "./process.ts";
import { type Block, destination, publish, type Report, reportOptions } from "./report.ts";
import { parseStackFile, settingsOf, stackFile, stackFileName } from "./settings.ts";

/**
 * `npm run cost -- --stack S [--compare REF|FILE]`: what a stack costs a month, line by line, from its stack file alone. `--compare`
 * shows the change since a git ref, another stack file, or a report that was written with `--out before.json`.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run cost", args, { ...reportOptions, compare: { type: "string" } });
  const to = destination(given);
  const now = costOf(stackFile(given.stack), stackFileName(given.stack));
  const before = given.compare === undefined ? undefined : await earlier(given.compare, given.stack);
  publish(costReport(given.stack, now, before), to);
  return 0;
}

interface Bill {
  lines: CostLine[];
  budget?: number;
}

/** A budget that is exceeded must not hide by how much. */
function costOf({ raw, ...file }: StackFile, name: string): Bill {
  const { budget, ...config } = raw.config;
  const lines = costLines(settingsOf({ ...file, raw: { ...raw, config } }, name));
  return { lines, budget: typeof budget === "number" ? budget : undefined };
}

interface Earlier {
  name: string;
  lines: CostLine[];
}

async function earlier(compare: string, stack: string): Promise<Earlier> {
  if (existsSync(compare)) {
    const text = readFileSync(compare, "utf8");
    const lines =
      extname(compare) === ".json"
        ? reported(text, compare)
        : costOf(parseStackFile(text, compare), compare).lines;
    return { name: compare, lines };
  }
  const file = stackFileName(stack);
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${compare}^{commit}`);
  if (commit === undefined)
    throw new UserError(`--compare is "${compare}": there is neither such a file nor such a git ref`);
  const text = await git("show", `${commit.trim()}:${file}`);
  const name = `${file} at ${compare}`;
  return { name, lines: text === undefined ? [] : costOf(parseStackFile(text, name), name).lines };
}

async function git(...args: string[]): Promise<string | undefined> {
  const { code, stdout } = await capture("git", args, { cwd: root });
  return code === 0 ? stdout : undefined;
}

const line = z.object({
  component: z.string(),
  what: z.string(),
  quantity: z.number(),
  most: z.number().optional(),
  unitUsd: z.number().nullable(),
  monthlyUsd: z.number().nullable(),
  shared: z.boolean().optional(),
});

/** The lines of a report that this command wrote earlier: the prices and defaults of then. */
function reported(text: string, name: string): CostLine[] {
  try {
    const { lines } = z.object({ lines: z.array(line) }).parse(JSON.parse(text));
    return lines.map(({ unitUsd, monthlyUsd, ...each }) => ({
      ...each,
      unitUsd: unitUsd ?? undefined,
      monthlyUsd: monthlyUsd ?? undefined,
    }));
  } catch {
    throw new UserError(`${name} is no report of npm run cost: write one with --out ${name}`);
  }
}

function costReport(stack: string, { lines, budget }: Bill, before?: Earlier): Report {
  const total = totalOf(lines);
  const blocks: Block[] = [
    {
      columns: ["component", "what", "quantity", "each", "month", "at most"],
      numbers: ["quantity", "each", "month", "at most"],
      rows: [...lines.map(row), ["total", "", "", "", usd(total.usd), usd(total.atMostUsd)]],
    },
  ];
  if (budget !== undefined) blocks.push(budgetLine(total, budget));
  if (total.unpriced.length > 0)
    blocks.push(`Without a known price, and in no figure above: ${total.unpriced.join(", ")}.`);
  const changes = before && changesOf(before.lines, lines);
  if (before && changes) blocks.push(...changeBlocks(before, total, changes));
  blocks.push({ heading: `Prices (table of ${pricesOf})` }, { list: sourcesOf(lines) });
  blocks.push(
    "Not counted: transfer beyond what is included, what only use decides, seconds of jobs, the container registry, taxes.",
  );
  return {
    title: `Stack ${stack}: ${usd(total.usd)} USD a month${total.atMostUsd > total.usd ? `, at most ${usd(total.atMostUsd)}` : ""}`,
    blocks,
    data: {
      stack,
      pricesOf,
      total,
      ...(budget !== undefined && { budget, withinBudget: total.atMostUsd <= budget }),
      lines: lines.map((each) => ({
        ...each,
        unitUsd: each.unitUsd ?? null, // no known price
        monthlyUsd: each.monthlyUsd ?? null,
        atMostUsd: atMostUsd(each) ?? null,
        source: priceOf(each)?.source ?? null,
      })),
      ...(before && { comparedWith: { name: before.name, total: totalOf(before.lines), changes } }),
    },
  };
}

const usd = (value: number | undefined) => (value === undefined ? "unknown" : value.toFixed(2));

function row(each: CostLine): string[] {
  const { component, what, quantity, most, unitUsd, monthlyUsd, shared } = each;
  const count = most === undefined ? `${quantity}` : `${quantity} to ${most}`;
  return [
    component,
    what + (shared ? " (once)" : ""),
    count,
    usd(unitUsd),
    usd(monthlyUsd),
    usd(atMostUsd(each)),
  ];
}

function budgetLine({ atMostUsd: most }: MonthlyCost, budget: number): string {
  return most > budget
    ? `Over the budget of ${usd(budget)} by ${usd(most - budget)}: this stack file is refused.`
    : `Within the budget of ${usd(budget)}.`;
}

interface Change {
  component: string;
  what: string;
  beforeUsd: number | undefined;
  nowUsd: number | undefined;
}

/** Lines that are not what they were, at the smallest scale. */
function changesOf(before: CostLine[], now: CostLine[]): Change[] {
  const keyOf = ({ component, what }: CostLine) => JSON.stringify([component, what]);
  const [old, current] = [before, now].map((lines) => new Map(lines.map((each) => [keyOf(each), each])));
  return [...new Set([...before, ...now].map(keyOf))].flatMap((key) => {
    const [was, is] = [old?.get(key), current?.get(key)];
    const { component = "", what = "" } = is ?? was ?? {};
    const same = was && is && was.monthlyUsd === is.monthlyUsd && atMostUsd(was) === atMostUsd(is);
    return same
      ? []
      : [{ component, what, beforeUsd: was ? was.monthlyUsd : 0, nowUsd: is ? is.monthlyUsd : 0 }];
  });
}

function changeBlocks(before: Earlier, now: MonthlyCost, changes: Change[]): Block[] {
  const heading = { heading: `Change since ${before.name}` };
  if (changes.length === 0) return [heading, "None."];
  const was = totalOf(before.lines);
  const signed = (value: number) => `${value > 0 ? "+" : ""}${usd(value)}`;
  const rows = changes.map(({ component, what, beforeUsd, nowUsd }) => [
    component,
    what,
    usd(beforeUsd),
    usd(nowUsd),
    beforeUsd === undefined || nowUsd === undefined ? "unknown" : signed(nowUsd - beforeUsd),
  ]);
  const columns = ["component", "what", "before", "now", "change"];
  return [
    heading,
    {
      columns,
      numbers: columns.slice(2),
      rows: [
        ...rows,
        ["total", "", usd(was.usd), usd(now.usd), signed(now.usd - was.usd)],
        ["total", "at most", usd(was.atMostUsd), usd(now.atMostUsd), signed(now.atMostUsd - was.atMostUsd)],
      ],
    },
  ];
}

/** Where the prices are from, once for each source. */
function sourcesOf(lines: CostLine[]): string[] {
  const bySource = new Map<string, Set<string>>();
  for (const each of lines) {
    const price = priceOf(each);
    if (!price) continue;
    const { confidence, name, date } = price.source;
    const text = `${confidence}, ${date}: ${name}${price.beyond ? ` (${price.beyond})` : ""}`;
    bySource.set(text, (bySource.get(text) ?? new Set()).add(each.what));
  }
  return [...bySource].map(([text, what]) => `${[...what].join(", ")} - ${text}`);
}
