import { join } from "node:path";
import { measureCloud } from "../local/bench.ts";
import { options } from "./arguments.ts";
import { measureDataPlane } from "./bench/data-plane.ts";
import { type Figure, median, ratio, seconds } from "./bench/figure.ts";
import { measureRules, trivialPack } from "./bench/policies.ts";
import { measureCriticalPath, measureRehearsal } from "./bench/production.ts";
import { restoreFigures, spacesFigures } from "./bench/storage.ts";
import { startCloud, stopCloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { policyPack, root } from "./places.ts";
import { capture, type Finished } from "./process.ts";
import { step } from "./progress.ts";
import { openStack, type Stack } from "./stack.ts";
import { checkpoint } from "./state.ts";

/**
 * `npm run bench [-- --runs N] [--restore MB]`: each figure is a ratio against a floor measured in the same run, the two taken in turn, medians
 * of N runs (default 7). `--restore` is the size of the PostgreSQL that is restored (default 256). The stack and its local cloud are the benchmark's own.
 */
export async function run(args: string[]): Promise<number> {
  const { runs, restore } = options("run bench", args, {
    runs: { type: "string", default: "7" },
    restore: { type: "string", default: "256" },
  });
  if (!/^[1-9]\d?$/.test(runs)) throw new UserError(`--runs is "${runs}"; allowed: 1 to 99`);
  if (!/^[1-9]\d{0,4}$/.test(restore))
    throw new UserError(`--restore is "${restore}"; allowed: 1 to 99999 (MB)`);
  return measure(Number(runs), Number(restore));
}

async function measure(runs: number, megabytes: number): Promise<number> {
  const figures: Figure[] = [];
  try {
    const stack = await step("Bringing stack local up", async () => {
      await succeed(capture("npm", ["start"], { cwd: root, env: process.env }));
      return openStack("local");
    });
    const flat = await step("Bringing the flat program up", () => flatStack(resourcesOf(stack.name)));
    const preview = (...options: string[]) => stack.capture(["preview", "--expect-no-changes", ...options]);
    const packs = [[], ["--policy-pack", trivialPack], ["--policy-pack", policyPack]];
    const floor = () => flat.capture(["preview", "--expect-no-changes", "--stack", "flat"]);
    const start = () => capture("npm", ["start"], { cwd: root, env: process.env });
    const [previews, floors, starts] = await step("Measuring", () =>
      inTurn(runs, [() => preview(), floor, start]),
    );
    const resources = `, ${resourcesOf(stack.name)} resources each`;
    figures.push(
      ratio("no-op preview of local / flat program", previews ?? [], floors ?? [], 1.3, resources),
      ratio("second npm start / that preview", starts ?? [], previews ?? [], 2),
    );
    const judged = await step("Measuring the policy pack", () =>
      inTurn(
        runs,
        packs.map((options) => () => preview(...options)),
      ),
    );
    const [bare, trivial = [], whole = []] = judged;
    const without = `; without any ${seconds(median(bare))}`;
    figures.push(ratio("preview with the pack / with a trivial one", whole, trivial, 1.1, without));
    figures.push(...(await dataPlane(stack, runs)));
  } finally {
    await stopCloud();
  }
  figures.push(...(await policies(runs)), ...(await production(runs)));
  figures.push(...(await restoreFigures(megabytes, runs)), ...(await spacesFigures(runs)));
  const { startMs, residentMiB } = await step("Measuring the local cloud", () => measureCloud(runs));
  figures.push(
    { name: "local cloud: start to first answer", value: startMs / 1000, limit: 1, unit: "s", detail: "" },
    { name: "local cloud: resident when idle", value: residentMiB, limit: 120, unit: "MiB", detail: "" },
  );
  process.stdout.write(`${figures.map(line).join("\n")}\n`);
  return figures.every(({ value, limit }) => value <= limit) ? 0 : 1;
}

/** What the pack's rules take by themselves, beyond a rule that says nothing. */
async function policies(runs: number): Promise<Figure[]> {
  const { milliseconds, growth } = await step("Measuring the rules", () => measureRules(runs));
  return [
    { name: "policies: CPU per resource, of 1000", value: milliseconds, limit: 0.2, unit: "ms", detail: "" },
    { name: "policies: that of 4000 / of 1000", value: growth, limit: 1.1, unit: "x", detail: "linear is 1" },
  ];
}

/** The servers and apps behind the stack that is up. */
async function dataPlane(stack: Stack, runs: number): Promise<Figure[]> {
  const { residentMiB, starts, chains } = await step("Measuring the servers behind local", () =>
    measureDataPlane(stack, Math.min(runs, 3)),
  );
  return [
    {
      name: "data plane of local: resident when idle",
      value: residentMiB,
      limit: 350,
      unit: "MiB",
      detail: "",
    },
    ratio("warm npm start / servers' start + preview", starts, chains, 1.5),
  ];
}

/** A round of these takes minutes: fewer do. */
async function production(runs: number): Promise<Figure[]> {
  const rounds = Math.min(runs, 3);
  const { rehearsals, floors } = await step("Measuring a rehearsal of prod", () =>
    measureRehearsal("prod", rounds),
  );
  const { upMs, pathMs } = await step("Measuring what waits in an up", measureCriticalPath);
  return [
    ratio("rehearse of prod / its up and destroy", rehearsals, floors, 1.3),
    ratio("scaled up of staging / critical path", [upMs], [pathMs], 1.1),
  ];
}

function line({ name, value, limit, unit, detail }: Figure): string {
  const verdict = value <= limit ? "met" : "MISSED";
  return `${name.padEnd(40)} ${`${value.toFixed(2)} ${unit}`.padStart(11)}  (at most ${limit} ${unit}: ${verdict})  ${detail}`;
}

/** The floor: a program with as many trivial resources over the same plugins, in the same backend. */
async function flatStack(resources: number): Promise<Stack> {
  await startCloud();
  const stack = await openStack("local", join(root, "cli", "bench", "flat"));
  await succeed(stack.capture(["stack", "init", "flat"]));
  const config = ["--config", `flat:resources=${resources}`];
  await succeed(stack.capture(["up", "--yes", "--skip-preview", "--stack", "flat", ...config]));
  return stack;
}

/** Custom resources, providers aside. */
function resourcesOf(stack: string): number {
  const resources = checkpoint(stack)?.resources ?? [];
  return resources.filter(({ id, type }) => id !== undefined && !type.startsWith("pulumi:")).length;
}

async function succeed(running: Promise<Finished>): Promise<void> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new UserError(`the benchmark cannot be set up:\n${stdout}${stderr}`);
}

/** Runs each action once a round, so that whatever else the machine does hits all of them alike. Milliseconds. */
async function inTurn(rounds: number, actions: Array<() => Promise<Finished>>): Promise<number[][]> {
  const times = actions.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, action] of actions.entries()) {
      const started = performance.now();
      await succeed(action());
      if (round > 0) times[index]?.push(performance.now() - started); // the first round warms the caches
    }
  }
  return times;
}
