import { setTimeout as delay } from "node:timers/promises";
import { addresses } from "./addresses.ts";
import { options } from "./arguments.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { UserError } from "./errors.ts";
import { CHANGES } from "./events.ts";
import { untilHealthy } from "./health.ts";
import { holding } from "./lock.ts";
import { makeHome, policyPack, startLock } from "./places.ts";
import { say } from "./progress.ts";
import { serversOf } from "./servers.ts";
import { forgetLost, settle } from "./settle.ts";
import { initialize, openStack, type Stack } from "./stack.ts";
import { atWork, checkpoint, outputsOf } from "./state.ts";

/** `npm start`: brings stack `local` up on the local cloud, and leaves it as it is when it is up already. */
export async function run(args: string[]): Promise<number> {
  options("start", args, {});
  makeHome();
  return holding(startLock, bringUp, () => say("Waiting for another npm start"));
}

async function bringUp(): Promise<number> {
  checkpoint("local"); // a damaged one is reported before anything starts
  const cloud = await startCloud();
  const stack = await openStack("local");
  await untilFree(stack.name);
  await initialize(stack);
  const code = await converge(stack, cloud);
  if (code !== 0) return code;
  let outputs = outputsOf(stack.name);
  const missing = await untilHealthy(cloud, outputs);
  if (missing.length > 0) {
    say(`The local cloud has lost ${missing.join(", ")}: bringing it back`);
    await forgetLost(stack);
    const again = await up(stack);
    if (again !== 0) return again;
    outputs = outputsOf(stack.name);
    const still = await untilHealthy(cloud, outputs);
    if (still.length > 0)
      throw new UserError(`${still.join(", ")} cannot be found on the local cloud; look at ${cloud.url}`);
  }
  process.stdout.write(addresses(cloud, outputs, await serversOf(cloud)));
  return 0;
}

/** Also a command that lost its terminal goes on to its end. */
async function untilFree(stack: string): Promise<void> {
  const pid = atWork(stack);
  if (pid) say(`Waiting for another Pulumi command on stack ${stack} (process ${pid})`);
  while (atWork(stack)) await delay(200);
}

async function converge(stack: Stack, cloud: Cloud): Promise<number> {
  await settle(stack, cloud);
  if (checkpoint(stack.name)?.resources.length) {
    const look = () => stack.capture(["preview", "--expect-no-changes", "--policy-pack", policyPack]);
    let preview = await look();
    // The program may have asked the cloud for something that is gone. A refusal by settings or policies is no reason to refresh:
    // the state would take on the encrypted forms of the apps' secrets, and each app would then be updated.
    if (preview.code !== 0 && preview.code !== CHANGES && asksForLost(preview.stdout + preview.stderr)) {
      await forgetLost(stack);
      preview = await look();
    }
    if (preview.code === 0) {
      say(`Stack ${stack.name} is up to date.`);
      return 0;
    }
    if (preview.code !== CHANGES) {
      process.stderr.write(preview.stdout + preview.stderr);
      return preview.code;
    }
  }
  return up(stack);
}

/** Whether a preview failed on something that is not there, as the provider tells it. */
const asksForLost = (output: string) => /\b404\b|not found/i.test(output);

async function up(stack: Stack): Promise<number> {
  if (process.env.BREAKWATER_SERVERS !== "none") {
    const { prepareServers } = await import("../local/prepare.ts"); // only who waits for servers loads them
    await prepareServers(say);
  }
  return stack.run(["up", "--yes", "--policy-pack", policyPack]);
}
