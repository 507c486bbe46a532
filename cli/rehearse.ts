import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Rehearsal, rehearsalOf } from "../settings/rehearsal.ts";
import type { Settings } from "../settings.ts";
import { get } from "./api.ts";
import { options } from "./arguments.ts";
import { type Cloud, running, startCloud, stopCloud } from "./cloud.ts";
import { type Difference, differences, differencesIn } from "./differences.ts";
import { messageOf, UserError } from "./errors.ts";
import { readEvents } from "./events.ts";
import { untilHealthy } from "./health.ts";
import { at } from "./json.ts";
import { home, policyPack, root } from "./places.ts";
import { interruption } from "./process.ts";
import { say, step } from "./progress.ts";
import { makeStack, programOf, provide, succeed, treeOf } from "./rehearsal.ts";
import { type Findings, rehearsalReport } from "./rehearse-report.ts";
import { destination, publish, reportOptions } from "./report.ts";
import { parseStackFile, settingsOf, stackFile, stackFileName } from "./settings.ts";
import type { Stack } from "./stack.ts";
import { outputsOf } from "./state.ts";
import { changedVariables } from "./variables.ts";

/**
 * `npm run rehearse -- --stack S [--from REF] [--keep]`: brings the settings of S up on a local cloud that is made for it, in a stack
 * `rehearse-S`, with the policy pack; checks it, destroys it, and sees that nothing is left. Needs no secret, token or network.
 * `--from` brings up what stands at a git ref first, and shows what the checkout's program and settings change of it.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run rehearse", args, {
    ...reportOptions,
    from: { type: "string" },
    keep: { type: "boolean", default: false },
  });
  const to = destination(given);
  const settings = settingsOf(stackFile(given.stack), stackFileName(given.stack)); // before anything is set up
  const findings: Findings = { stack: given.stack, settings, steps: [], from: given.from };
  try {
    await rehearse(findings, given.keep);
  } catch (error) {
    if (interruption()) throw error;
    if (findings.steps.every(({ passed }) => passed)) throw error; // before the first step, or in none
  } finally {
    if (given.keep) await tellHowToLook();
    else await stopCloud();
  }
  publish(rehearsalReport(findings), to);
  return findings.steps.every(({ passed }) => passed) ? 0 : 1;
}

async function rehearse(findings: Findings, keep: boolean): Promise<void> {
  const { stack: name, settings, from } = findings;
  const stackName = `rehearse-${name}`;
  const [cloud] = await Promise.all([startCloud(), makeStack(stackName)]);
  const now = rehearsalOf(stackFile(name), settings.region);
  const earlier = from === undefined ? undefined : await earlierOf(name, from);
  await provide(cloud, [...now.needs, ...(earlier?.rehearsal.needs ?? [])]);
  Object.assign(findings, { altered: now.altered, placeholders: [...now.secrets.keys()] });
  const before = await contents(cloud);

  if (earlier) {
    const stack = await programOf(stackName, "program-before", earlier.tree, earlier.rehearsal);
    await pass(findings, `up of ${from}`, () =>
      succeed(stack, ["up", "--yes", "--skip-preview", "--stack", stackName]),
    );
  }
  const stack = await programOf(stackName, "program", root, now);
  const log = (of: string) => join(home, `${of}.events`);
  const withLog = (of: string) => ["--stack", stackName, "--event-log", log(of)];
  if (earlier)
    await pass(findings, `plan since ${from}`, async () => {
      await succeed(stack, ["preview", "--policy-pack", policyPack, ...withLog("plan")]);
      findings.plan = readEvents(log("plan"));
    });
  await pass(findings, "up, with the policy pack", async () => {
    await succeed(stack, ["up", "--yes", installed, "--policy-pack", policyPack, ...withLog("up")]).finally(
      () => {
        findings.up = readEvents(log("up"));
      },
    );
  });
  const [variables] = await Promise.all([
    changedVariables(stack, cloud),
    pass(findings, "everything is healthy", () => healthy(stack, cloud)),
    pass(findings, "a second preview is empty", () =>
      succeed(stack, ["preview", "--expect-no-changes", installed, "--stack", stackName]),
    ),
  ]);
  const unchanged = "a refresh finds no difference";
  if (keep) return pass(findings, unchanged, async () => expectNone(await differences(stack, cloud)));
  // One run of the engine asks the cloud for everything, then deletes it.
  await pass(findings, "destroy, after a refresh", () =>
    succeed(stack, ["destroy", "--yes", "--skip-preview", "--refresh", installed, ...withLog("destroy")]),
  );
  await pass(findings, unchanged, async () =>
    expectNone(differencesIn(readEvents(log("destroy")), variables)),
  );
  await pass(findings, "the account is as it was", async () =>
    asBefore(before, await contents(cloud), settings),
  );
}

/** The engine need not look for plugins: openStack has put them in place. */
const installed = "--skip-plugin-pre-install";

/** One step: a failed one ends the rehearsal, and is in the report with its reason. */
async function pass(findings: Findings, name: string, action: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  try {
    await step(`Rehearsing ${findings.stack}: ${name}`, action);
    findings.steps.push({ name, passed: true, seconds: seconds() });
  } catch (error) {
    findings.steps.push({ name, passed: false, seconds: seconds(), why: messageOf(error) });
    throw error;
  }
}

async function earlierOf(name: string, ref: string): Promise<{ tree: string; rehearsal: Rehearsal }> {
  const tree = await treeOf(ref, root);
  const file = stackFileName(name);
  const parsed = parseStackFile(readFileSync(join(tree, file), "utf8"), `${file} at ${ref}`);
  const region = parsed.raw.config.region;
  return { tree, rehearsal: rehearsalOf(parsed, typeof region === "string" ? region : "fra1") };
}

async function healthy(stack: Stack, cloud: Cloud): Promise<void> {
  const missing = await untilHealthy(cloud, outputsOf(stack.name));
  if (missing.length > 0) throw new UserError(`${missing.join(", ")} cannot be found on the local cloud`);
}

function expectNone(found: Difference[]): void {
  const lines = found.map(({ name, what, properties }) => {
    const paths = properties.map(({ path }) => path).join(", ");
    return `${name} is ${what}${paths && `: ${paths}`}`;
  });
  if (lines.length > 0) throw new UserError(lines.join("; "));
}

interface Content {
  kind: string;
  id: string;
  name: string;
}

/** Everything that the account has, whatever it is. The record of what was done to droplets is kept for good, as at DigitalOcean. */
async function contents(cloud: Cloud): Promise<Content[]> {
  const { body } = await get(cloud, "/_local/contents");
  return (at(body, "contents") as Content[]).filter(({ kind }) => kind !== "action");
}

/** Tags that the settings name are not the stack's own: they stay, as they do at DigitalOcean. */
function asBefore(before: Content[], after: Content[], { tags }: Settings): void {
  const key = ({ kind, id }: Content) => `${kind} ${id}`;
  const [old, now] = [before, after].map((all) => new Set(all.map(key)));
  const left = after.filter(
    (each) => !old?.has(key(each)) && !(each.kind === "tag" && tags.includes(each.name)),
  );
  const lost = before.filter((each) => !now?.has(key(each)));
  const names = (all: Content[]) => all.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  if (left.length > 0) throw new UserError(`left behind: ${names(left)}`);
  if (lost.length > 0) throw new UserError(`gone, though it was there before: ${names(lost)}`);
}

async function tellHowToLook(): Promise<void> {
  const cloud = await running();
  if (!cloud) return;
  const folder = `BREAKWATER_HOME='${home}'`;
  say(
    `Kept: the console is at ${cloud.url}; for other clients: eval "$(${folder} npm run --silent local:env)"`,
  );
  say(`End it with: ${folder} npm stop && rm -r '${home}'`);
}
