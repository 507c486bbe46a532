import { UserError } from "../errors.ts";
import { root } from "../places.ts";
import { capture } from "../process.ts";

/** What the policy pack costs. */

/** A pack with one rule that says nothing: what any pack costs. */
export const trivialPack = "cli/bench/trivial-pack";

/**
 * What all rules cost beyond one that says nothing, the two in turn, each in a process of its own: the engine's pack is as cold. CPU
 * time, which other work on the machine leaves as it is. Medians.
 *
 * @returns milliseconds for each of a thousand resources, and what each of four thousand takes of that.
 */
export async function measureRules(rounds: number): Promise<{ milliseconds: number; growth: number }> {
  const [few, many] = [1000, 4000];
  const costs: Record<number, number[]> = { [few]: [], [many]: [] };
  for (let round = 0; round < rounds; round++)
    for (const [count, taken] of Object.entries(costs))
      taken.push(((await judging(count, "every")) - (await judging(count, "nothing"))) / Number(count));
  const median = (of: number[] = []) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;
  const milliseconds = median(costs[few]);
  return { milliseconds, growth: median(costs[many]) / milliseconds };
}

/** Milliseconds of CPU. */
async function judging(resources: string, rules: "every" | "nothing"): Promise<number> {
  const command = ["--no-warnings", "policies/bench.ts", resources, rules];
  const { code, stdout, stderr } = await capture(process.execPath, command, { cwd: root, env: process.env });
  if (code !== 0) throw new UserError(`the rules can't be measured:\n${stderr}`);
  return Number(stdout);
}
