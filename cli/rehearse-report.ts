import { costLines, totalOf } from "../settings/costs.ts";
import { partsToAllow } from "../settings/protected.ts";
import type { Settings } from "../settings.ts";
import type { Event } from "./events.ts";
import { at } from "./json.ts";
import type { Block, Report } from "./report.ts";

/** What a rehearsal has found so far: a failed one has no more. */
export interface Findings {
  stack: string;
  settings: Settings;
  steps: { name: string; passed: boolean; seconds: number; why?: string }[];
  /** The git ref that was brought up first. */
  from?: string;
  /** The engine's accounts of the plan since then, and of the update. */
  plan?: Event[];
  up?: Event[];
  /** Settings that are not as in the stack file. */
  altered?: string[];
  /** Paths of the secrets for which something else stood. */
  placeholders?: string[];
}

/** What only DigitalOcean itself can tell, however good a local cloud is. */
const unseen = [
  "whether token and Spaces key have the rights, plans and versions are offered today, quotas suffice and names are free: npm run doctor asks",
  "whether the image exists, starts and answers: no container runs here, so health is what the API says",
  "how long it takes there: a cluster takes 5 to 8 minutes, an app 3 to 10",
  "whether certificates are issued, which needs a zone that its registrar has delegated",
];

export function rehearsalReport(findings: Findings): Report {
  const { stack, settings, steps, from, plan, up = [], altered = [], placeholders = [] } = findings;
  const failed = steps.find(({ passed }) => !passed);
  const cost = totalOf(costLines(settings));
  const times = timesOf(up);
  const lifted = liftedOf(up, settings);
  const { warnings, violations } = remarksOf(up);
  const changes = plan && planOf(plan, settings);
  const blocks: Block[] = [
    {
      columns: ["step", "result", "seconds"],
      numbers: ["seconds"],
      rows: steps.map(({ name, passed, seconds }) => [
        name,
        passed ? "passed" : "FAILED",
        seconds.toFixed(1),
      ]),
    },
  ];
  if (failed) blocks.push(`${failed.name}: ${failed.why}`);
  if (changes) blocks.push(...planBlocks(from ?? "", changes));
  if (violations.length > 0) blocks.push({ heading: "Refused by the policy pack" }, { list: violations });
  if (warnings.length > 0) blocks.push({ heading: "Warnings" }, { list: warnings });
  if (times.length > 0) blocks.push(...timeBlocks(times));
  blocks.push(
    { heading: "Cost" },
    `${cost.usd.toFixed(2)} USD a month, at most ${cost.atMostUsd.toFixed(2)}${cost.unpriced.length > 0 ? `, and what has no known price: ${cost.unpriced.join(", ")}` : ""}. npm run cost has the lines.`,
  );
  if (lifted.length > 0)
    blocks.push(
      { heading: `Lifted, and in force on ${stack}` },
      { list: lifted.map(({ name, what }) => `${name}: ${what}`) },
    );
  blocks.push(
    { heading: "Not as in the stack file" },
    { list: [...altered, ...placeholders.map((path) => `${path}: a placeholder`)] },
  );
  blocks.push({ heading: "What a rehearsal can't show" }, { list: unseen });
  return {
    title: `Rehearsal of ${stack}: ${failed ? `failed at "${failed.name}"` : "passed"}`,
    blocks,
    data: {
      stack,
      from: from ?? null,
      passed: !failed,
      steps,
      plan: changes ?? null,
      resources: times,
      cost,
      lifted,
      altered,
      placeholders,
      violations,
      warnings,
      unseen,
    },
  };
}

interface Timed {
  name: string;
  type: string;
  seconds: number;
  failed: boolean;
}

/** From the engine's first word of a resource to its last, in whole seconds as the engine dates them. Slowest first. */
function timesOf(events: Event[]): Timed[] {
  const began = new Map<string, number>();
  const timed: Timed[] = [];
  for (const event of events) {
    const time = Number(at(event, "timestamp"));
    const begin = at(event, "resourcePreEvent", "metadata");
    if (begin !== undefined) began.set(String(at(begin, "urn")), time);
    const failure = at(event, "resOpFailedEvent", "metadata");
    const end = at(event, "resOutputsEvent", "metadata") ?? failure;
    const urn = String(at(end, "urn"));
    const start = began.get(urn);
    if (end === undefined || start === undefined || at(end, "op") === "same") continue;
    if (at(end, "new", "custom") !== true || String(at(end, "type")).startsWith("pulumi:")) continue;
    timed.push({ ...named(urn), seconds: time - start, failed: failure !== undefined });
  }
  return timed.sort((a, b) => b.seconds - a.seconds);
}

function named(urn: string): { name: string; type: string } {
  const [, , types = "", name = urn] = urn.split("::");
  return { name, type: types.split("$").pop()?.split(":").pop() ?? types };
}

/** How many of the slowest resources are shown to people. */
const SLOWEST = 10;

function timeBlocks(times: Timed[]): Block[] {
  const rows = times.slice(0, SLOWEST).map(({ name, type, seconds }) => [name, type, String(seconds)]);
  return [
    { heading: `${times.length} resources, the slowest first` },
    { columns: ["resource", "type", "seconds"], numbers: ["seconds"], rows },
  ];
}

/** They go with their stack: a retained one's password would go on working. */
const mongoUser = /:DatabaseUser::mongo-/;

/** What the real stack protects of what was made here. */
function liftedOf(
  events: Event[],
  { environment, allowReplace }: Settings,
): { name: string; what: string }[] {
  const urns = new Set(events.map((event) => String(at(event, "resOutputsEvent", "metadata", "urn"))));
  return [...urns].flatMap((urn) => {
    const [part] = partsToAllow(urn);
    if (part === undefined || allowReplace.some((allowed) => allowed === part)) return [];
    const kept =
      environment === "local" || mongoUser.test(urn)
        ? ""
        : ", and leaves it at DigitalOcean when it leaves the stack";
    return [{ name: named(urn).name, what: `the engine refuses to replace or delete it${kept}` }];
  });
}

/** Every warning of the program, and what the policy pack says: what is mandatory has stopped the update. */
function remarksOf(events: Event[]): { warnings: string[]; violations: string[] } {
  const warnings = new Set<string>();
  const violations = new Set<string>();
  for (const event of events) {
    const diagnostic = at(event, "diagnosticEvent");
    if (at(diagnostic, "severity") === "warning" && at(diagnostic, "urn") !== undefined)
      warnings.add(plain(`${named(String(at(diagnostic, "urn"))).name}: ${at(diagnostic, "message")}`));
    const policy = at(event, "policyEvent");
    if (policy === undefined) continue;
    const text = plain(`${at(policy, "policyName")}: ${at(policy, "message")}`);
    (at(policy, "enforcementLevel") === "mandatory" ? violations : warnings).add(text);
  }
  return { warnings: [...warnings], violations: [...violations] };
}

/** Without the engine's marks for colours, on one line. */
const plain = (text: string) =>
  text
    .replace(/<\{%[^%]*%\}>/g, "")
    .replace(/\s+/g, " ")
    .trim();

interface Planned {
  op: string;
  name: string;
  type: string;
  properties: string[];
  /** What the real stack's settings must allow before this can be done. */
  refusedWithout: string[];
}

const quiet = new Set(["same", "read", "refresh"]);
const destructive = /delete|replace/;

function planOf(events: Event[], { allowReplace }: Settings): Planned[] {
  const steps = events
    .map((event) => at(event, "resourcePreEvent", "metadata"))
    .filter((step) => step !== undefined);
  return steps.flatMap((step) => {
    const [op, urn] = [String(at(step, "op")), String(at(step, "urn"))];
    if (quiet.has(op)) return [];
    const parts: string[] = destructive.test(op) ? partsToAllow(urn) : [];
    const refusedWithout = parts.filter((part) => !allowReplace.some((allowed) => allowed === part));
    return [{ op, ...named(urn), properties: Object.keys(at(step, "detailedDiff") ?? {}), refusedWithout }];
  });
}

function planBlocks(from: string, changes: Planned[]): Block[] {
  const heading = { heading: `Plan since ${from}` };
  if (changes.length === 0) return [heading, "No changes."];
  const refused = [...new Set(changes.flatMap(({ refusedWithout }) => refusedWithout))].sort();
  const rows = changes.map(({ op, name, type, properties }) => [op, name, type, properties.join(", ")]);
  return [
    heading,
    { columns: ["operation", "resource", "type", "properties"], rows },
    ...(refused.length > 0
      ? [
          `Data would be lost: the real stack refuses this unless breakwater:allowReplace has ${refused.join(", ")}.`,
        ]
      : []),
  ];
}
