import { residentOf } from "../../local/bench.ts";
import { type Cloud, startCloud, stopCloud } from "../cloud.ts";
import { untilHealthy } from "../health.ts";
import { policyPack, root } from "../places.ts";
import { capture } from "../process.ts";
import type { Stack } from "../stack.ts";
import { outputsOf } from "../state.ts";

/** What the servers behind stack `local` cost. The stack must be up. */

export interface DataPlaneFigures {
  /** Of the cloud with everything that it runs, each shared page once, in MiB. */
  residentMiB: number;
  /** From nothing running to a healthy stack, as `npm start` gets there. Milliseconds. */
  starts: number[];
  /** What that can't do without: the cloud and then the slowest of its servers, and the look whether anything is to change. Milliseconds. */
  chains: number[];
}

export async function measureDataPlane(stack: Stack, rounds: number): Promise<DataPlaneFigures> {
  const preview = () => stack.capture(["preview", "--expect-no-changes", "--policy-pack", policyPack]);
  const starts: number[] = [];
  const chains: number[] = [];
  for (let round = 0; round < rounds; round++) {
    chains.push((await fromNothing(healthyCloud)) + (await timed(preview)));
    starts.push(await fromNothing(() => capture("npm", ["start"], { cwd: root, env: process.env })));
  }
  const { pid } = await healthyCloud();
  return { residentMiB: residentOf(pid) / 1024 ** 2, starts, chains };
}

async function fromNothing(action: () => Promise<unknown>): Promise<number> {
  await stopCloud();
  return timed(action);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

async function healthyCloud(): Promise<Cloud> {
  const cloud = await startCloud();
  await untilHealthy(cloud, outputsOf("local"));
  return cloud;
}
