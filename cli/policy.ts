import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import manifest from "../policies/package.json" with { type: "json" };
import { type Finding, findingsOf, formats, type PolicyReport, rules, stops } from "../policies/report.ts";
import { rehearsalOf } from "../settings/rehearsal.ts";
import { options } from "./arguments.ts";
import { startCloud, stopCloud } from "./cloud.ts";
import { reason } from "./differences.ts";
import { UserError } from "./errors.ts";
import { type Event, readEvents } from "./events.ts";
import { at } from "./json.ts";
import { inOwnHome } from "./own-home.ts";
import { hasOwnHome, policyPack, root } from "./places.ts";
import { step } from "./progress.ts";
import { programOf, provide } from "./rehearsal.ts";
import { settingsOf, stackFile, stackFileName } from "./settings.ts";
import { openStack } from "./stack.ts";

type Format = keyof typeof formats;

/** What a file's name says of its form. */
const extensions: Record<string, Format> = {
  ".sarif": "sarif",
  ".json": "json",
  ".md": "markdown",
  ".txt": "table",
};

/**
 * `npm run policy -- --stack S [--format table|markdown|json|sarif] [--out F] [--live | --file F]`: what the policy pack says about a stack,
 * with 1 when something must not be deployed as it is, or can't be decided. Looks at a preview of the stack's rehearsal, which needs no
 * token; with `--live` at one of the stack itself; with `--file` at a saved `preview --json` or a state.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run policy", args, {
    stack: { type: "string", short: "s", default: process.env.PULUMI_STACK || "local" },
    format: { type: "string", default: "table" },
    out: { type: "string", multiple: true, default: [] as string[] },
    live: { type: "boolean", default: false },
    file: { type: "string" },
  });
  const format = formatOf(given.format);
  const files = given.out.map((path) => ({ path: resolve(path), format: formatOfFile(path, format) }));
  if (given.live && given.file) throw new UserError("--live and --file exclude each other");
  if (!given.file && !given.live) settingsOf(stackFile(given.stack), stackFileName(given.stack)); // before anything is set up
  if (!given.live && !hasOwnHome) return inOwnHome("policy", args);

  const { events, source, notes } = given.file
    ? await ofFile(given.file, given.stack)
    : given.live
      ? await ofStack(given.stack)
      : await ofRehearsal(given.stack);
  const findings = findingsOf(events, rules);
  const report: PolicyReport = {
    stack: given.stack,
    source,
    file: stackFileName(given.stack),
    pack: { name: manifest.name, version: manifest.version },
    rules,
    findings,
    notes,
  };
  for (const file of files) writeFileSync(file.path, formats[file.format](report));
  process.stdout.write(formats[format](report));
  return findings.some(stops) ? 1 : 0;
}

function formatOf(name: string): Format {
  const known = Object.keys(formats).find((each): each is Format => each === name);
  if (!known) throw new UserError(`--format is "${name}"; allowed: ${Object.keys(formats).join(", ")}`);
  return known;
}

/** The form that a file's name asks for, and else that of the terminal. SARIF is JSON, and often called so. */
function formatOfFile(path: string, format: Format): Format {
  const form = extensions[extname(path)];
  return form === undefined || (form === "json" && format === "sarif") ? format : form;
}

interface Look {
  events: Event[];
  source: string;
  notes: string[];
}

/** A preview of the stack's settings on a local cloud that was made for it. */
async function ofRehearsal(name: string): Promise<Look> {
  const file = stackFile(name);
  const settings = settingsOf(file, stackFileName(name));
  const rehearsal = rehearsalOf(file, settings.region);
  try {
    const cloud = await startCloud();
    await provide(cloud, rehearsal.needs);
    const stackName = `rehearse-${name}`;
    const stack = await programOf(stackName, "program", root, rehearsal);
    const notes = [
      "In a rehearsal protection is lifted and nothing can be seen from outside: stateful-protected, bucket-force-destroy and entry-uptime-checked are judged with --live.",
    ];
    const planned = await preview(stack.capture, stackName);
    const open = findingsOf(planned, rules).filter(({ kind }) => kind === "undecided");
    if (open.length === 0 || stoppedByPolicies(planned))
      return { events: planned, source: "preview of its rehearsal", notes };
    // On the local cloud the deployment can tell: what a preview leaves open is decided there.
    const events = await update(stack.capture, stackName);
    if (!events) {
      notes.push(
        "What is undecided was not decided by bringing the rehearsal up: that failed (npm run rehearse shows why).",
      );
      return { events: planned, source: "preview of its rehearsal", notes };
    }
    notes.push(`Left open by the preview and decided by bringing the rehearsal up: ${placesOf(open)}.`);
    return { events, source: "preview of its rehearsal, which was then brought up", notes };
  } finally {
    await stopCloud();
  }
}

const placesOf = (open: Finding[]) =>
  open.map(({ rule, name, property }) => `${rule} on ${name} (${property})`).join(", ");

/** Undefined when it failed for another reason than a policy. */
async function update(capture: Capture, stack: string): Promise<Event[] | undefined> {
  return inFolder(async (folder) => {
    const log = join(folder, "events");
    const command = [
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      stack,
      "--policy-pack",
      policyPack,
      "--event-log",
      log,
    ];
    const { code } = await step(`Bringing ${stack} up to decide what its preview leaves open`, () =>
      capture(command),
    );
    const events = readEvents(log);
    return code === 0 || stoppedByPolicies(events) ? events : undefined;
  });
}

async function ofStack(name: string): Promise<Look> {
  const { capture } = await openStack(name);
  return { events: await preview(capture, name), source: "preview", notes: [] };
}

type Capture = Awaited<ReturnType<typeof openStack>>["capture"];

async function preview(capture: Capture, stack: string): Promise<Event[]> {
  return inFolder(async (folder) => {
    const log = join(folder, "events");
    const command = ["preview", "--stack", stack, "--policy-pack", policyPack, "--event-log", log];
    const { code, stdout, stderr } = await step(`Previewing ${stack} with the policy pack`, () =>
      capture(command),
    );
    const events = readEvents(log);
    // A preview that policies stopped is what was asked for; one that could not be made is not.
    if (code !== 0 && !stoppedByPolicies(events)) {
      process.stderr.write(stdout + stderr);
      throw new UserError(`the preview of ${stack} failed: ${reason(stdout + stderr)}`);
    }
    return events;
  });
}

function stoppedByPolicies(events: Event[]): boolean {
  const broken = events.some((event) => at(event, "policyEvent", "enforcementLevel") === "mandatory");
  const others = events.filter((event) => at(event, "diagnosticEvent", "severity") === "error");
  return (
    broken &&
    others.every((event) => /polic|preview failed/i.test(String(at(event, "diagnosticEvent", "message"))))
  );
}

/** A saved state, or a saved preview, which is made into one. Nothing is run and nobody is asked. */
async function ofFile(file: string, name: string): Promise<Look> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UserError(`--file is "${file}": there is no such file`);
  const { deployment, kind } = deploymentOf(readFileSync(path, "utf8"), file);
  return inFolder(async (folder) => {
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify(deployment));
    Object.assign(process.env, settingsForPack(name)); // this process is for this one command
    const { capture } = await openStack(`rehearse-${name}`);
    const { code, stdout, stderr } = await step(`Judging ${file}`, () =>
      capture(["policy", "analyze", "--file", state, "--policy-pack", policyPack, "--json"]),
    );
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    if (code !== 0 && lines.length === 0) throw new UserError(`${file} can't be judged: ${reason(stderr)}`);
    return { events: lines.map((line): Event => JSON.parse(line)), source: `${kind} ${file}`, notes: [] };
  });
}

/** What the engine would tell the pack in a preview; there is none for a file. */
function settingsForPack(stack: string): NodeJS.ProcessEnv {
  const others = existsSync(join(root, stackFileName(stack))) ? stackFile(stack).others : {};
  const config = Object.entries(others).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { POLICIES_CONFIG: JSON.stringify(Object.fromEntries(config)), POLICIES_STACK: stack };
}

function deploymentOf(text: string, file: string): { deployment: unknown; kind: string } {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch {
    throw new UserError(
      `--file is "${file}": it is no JSON; save one with pulumi stack export or pulumi preview --json`,
    );
  }
  if (at(saved, "deployment")) return { deployment: saved, kind: "state" };
  const checkpoint = at(saved, "checkpoint", "latest");
  if (checkpoint) return { deployment: { version: 3, deployment: checkpoint }, kind: "state" };
  const steps = at(saved, "steps");
  if (!Array.isArray(steps))
    throw new UserError(`--file is "${file}": it is neither a state nor a saved preview`);
  const resources = steps.flatMap((each) => at(each, "newState") ?? []);
  return { deployment: { version: 3, deployment: { manifest: {}, resources } }, kind: "saved preview" };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
