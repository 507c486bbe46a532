import { rehearsalOf } from "../../settings/rehearsal.ts";
import { startCloud, stopCloud } from "../cloud.ts";
import { UserError } from "../errors.ts";
import { policyPack, root } from "../places.ts";
import { capture } from "../process.ts";
import { programOf, provide, succeed } from "../rehearsal.ts";
import { settingsOf, stackFile, stackFileName } from "../settings.ts";
import type { Stack } from "../stack.ts";

/** What bringing a whole production up costs in time. Milliseconds. */

/** The stack that a rehearsal would bring up, in the benchmark's own state folder, by itself. */
async function alone(name: string): Promise<Stack> {
  const file = stackFile(name);
  const rehearsal = rehearsalOf(file, settingsOf(file, stackFileName(name)).region);
  await provide(await startCloud(), rehearsal.needs);
  return programOf(`rehearse-${name}`, `${name}-alone`, root, rehearsal);
}

const destroy = (stack: Stack) =>
  succeed(stack, ["destroy", "--yes", "--skip-preview", "--stack", stack.name]);

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

/** A rehearsal, and the `up` (with the policy pack) and `destroy` that it cannot do without, in turn. */
export async function measureRehearsal(
  name: string,
  rounds: number,
): Promise<{ rehearsals: number[]; floors: number[] }> {
  const stack = await alone(name);
  const rehearsals: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const up = ["up", "--yes", "--policy-pack", policyPack, "--stack", stack.name];
    floors.push(await timed(() => succeed(stack, up).then(() => destroy(stack))));
    rehearsals.push(await timed(() => rehearse(name)));
  }
  return { rehearsals, floors };
}

async function rehearse(name: string): Promise<void> {
  // As a user runs it: with a state folder of its own, not the benchmark's.
  const { BREAKWATER_OWN_HOME: _, ...env } = process.env;
  const args = ["run", "--silent", "rehearse", "--", "--stack", name];
  const { code, stdout, stderr } = await capture("npm", args, { cwd: root, env });
  if (code !== 0) throw new UserError(`the rehearsal of ${name} does not pass:\n${stdout}${stderr}`);
}

/** Creation takes this part of its time at DigitalOcean. */
const SCALE = 0.05;

/**
 * Seconds at DigitalOcean of what has to wait for each other: a cluster of one node (terraform-provider-digitalocean#381), the app that
 * grants the users their rights, and the product's app (3 to 10 minutes; the local cloud takes 5). All else takes
 * seconds, or goes on beside these.
 */
const CRITICAL_PATH = [303, 300, 300];

/**
 * `up` of staging under the stand-ins on a local cloud that takes a part of DigitalOcean's time. That of its own servers, which has
 * nothing to do with DigitalOcean's, is not in it: there are none.
 */
export async function measureCriticalPath(): Promise<{ upMs: number; pathMs: number }> {
  await stopCloud(); // one that takes no time
  const { BREAKWATER_PLUGINS = "", BREAKWATER_SERVERS = "all" } = process.env;
  Object.assign(process.env, {
    BREAKWATER_TIME_SCALE: String(SCALE),
    BREAKWATER_PLUGINS: "stand-in",
    BREAKWATER_SERVERS: "none",
  });
  try {
    const stack = await alone("staging");
    const upMs = await timed(() => succeed(stack, ["up", "--yes", "--skip-preview", "--stack", stack.name]));
    await destroy(stack);
    return { upMs, pathMs: CRITICAL_PATH.reduce((sum, seconds) => sum + seconds, 0) * SCALE * 1000 };
  } finally {
    await stopCloud();
    delete process.env.BREAKWATER_TIME_SCALE;
    Object.assign(process.env, { BREAKWATER_PLUGINS, BREAKWATER_SERVERS });
  }
}
