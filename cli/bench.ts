import { join } from "node:path";
import { measureCloud, measureRestore } from "../local/bench.ts";
import { options } from "./arguments.ts";
import { measureDataPlane } from "./bench/data-plane.ts";
import { measureRules, trivialPack } from "./bench/policies.ts";
import { measureCriticalPath, measureRehearsal } from "./bench/production.ts";
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

interface Figure {
  name: string;
  value: number;
  limit: number;
  unit: string;
  detail: string;
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
    const [previewMs, floorMs, startMs] = [median(previews), median(floors), median(starts)];
    figures.push(
      {
        name: "no-op preview of local / flat program",
        value: previewMs / floorMs,
        limit: 1.3,
        unit: "x",
        detail: `${seconds(previewMs)} / ${seconds(floorMs)}, ${resourcesOf(stack.name)} resources each`,
      },
      {
        name: "second npm start / that preview",
        value: startMs / previewMs,
        limit: 2,
        unit: "x",
        detail: `${seconds(startMs)} / ${seconds(previewMs)}`,
      },
    );
    const judged = await step("Measuring the policy pack", () =>
      inTurn(
        runs,
        packs.map((options) => () => preview(...options)),
      ),
    );
    const [bareMs = Number.NaN, trivialMs = Number.NaN, wholeMs = Number.NaN] = judged.map(median);
    figures.push({
      name: "preview with the pack / with a trivial one",
      value: wholeMs / trivialMs,
      limit: 1.1,
      unit: "x",
      detail: `${seconds(wholeMs)} / ${seconds(trivialMs)}; without any ${seconds(bareMs)}`,
    });
    figures.push(...(await dataPlane(stack, runs)));
  } finally {
    await stopCloud();
  }
  figures.push(...(await policies(runs)), ...(await production(runs)), await restore(megabytes, runs));
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
  const [startMs, chainMs] = [median(starts), median(chains)];
  return [
    {
      name: "data plane of local: resident when idle",
      value: residentMiB,
      limit: 350,
      unit: "MiB",
      detail: "",
    },
    {
      name: "warm npm start / servers' start + preview",
      value: startMs / chainMs,
      limit: 1.5,
      unit: "x",
      detail: `${seconds(startMs)} / ${seconds(chainMs)}`,
    },
  ];
}

/** A fork of a database, up to its first answer, and what copying the same backup and replaying the same log takes by hand. */
async function restore(megabytes: number, runs: number): Promise<Figure> {
  const { forks, floors } = await step("Measuring a restore of PostgreSQL", () =>
    measureRestore(megabytes, Math.min(runs, 3)),
  );
  const [forkMs, floorMs] = [median(forks), median(floors)];
  return {
    name: "restore of PostgreSQL / by hand",
    value: forkMs / floorMs,
    limit: 1.25,
    unit: "x",
    detail: `${seconds(forkMs)} / ${seconds(floorMs)}, ${megabytes} MB`,
  };
}

/** A round of these takes minutes: fewer do. */
async function production(runs: number): Promise<Figure[]> {
  const rounds = Math.min(runs, 3);
  const { rehearsals, floors } = await step("Measuring a rehearsal of prod", () =>
    measureRehearsal("prod", rounds),
  );
  const { upMs, pathMs } = await step("Measuring what waits in an up", measureCriticalPath);
  const [rehearsalMs, floorMs] = [median(rehearsals), median(floors)];
  return [
    {
      name: "rehearse of prod / its up and destroy",
      value: rehearsalMs / floorMs,
      limit: 1.3,
      unit: "x",
      detail: `${seconds(rehearsalMs)} / ${seconds(floorMs)}`,
    },
    {
      name: "scaled up of staging / critical path",
      value: upMs / pathMs,
      limit: 1.1,
      unit: "x",
      detail: `${seconds(upMs)} / ${seconds(pathMs)}`,
    },
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

function median(values: number[] = []): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
