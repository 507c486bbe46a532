import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Cloud, running } from "./cloud.ts";
import { engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { home, makeHome, pulumiHome, root, stateFolder } from "./places.ts";
import { plugins } from "./plugins.ts";
import { attach, capture, type Finished } from "./process.ts";
import { say } from "./progress.ts";
import { spacesEnvironment } from "./spaces.ts";
import { checkpoint } from "./state.ts";

/** Pulumi's command with the environment of a stack. */

/** Protects nothing: whoever reads it here could read the state folder as well. Real stacks have a secrets provider. */
const LOCAL_PASSPHRASE = "this stack lives on this machine";

/** What may name another account, another backend or a way out of the machine, or change how state is kept: no stack here gets it. */
const foreign = /^(PULUMI|DIGITALOCEAN|SPACES|AWS)_/;

/** Whether a stack lives on this machine: its state, and the cloud that it describes. */
export function isLocal(stack: string): boolean {
  return stack === "local" || stack.startsWith("rehearse-");
}

/** The stack that the arguments of a Pulumi command name; else `PULUMI_STACK`; else `local`. */
export function stackOf(args: string[]): string {
  for (const [index, arg] of args.entries()) {
    if (arg === "--") break;
    const inline = /^(?:--stack=|-s=?)(.+)$/.exec(arg)?.[1];
    if (inline) return short(inline);
    const next = args[index + 1];
    if ((arg === "--stack" || arg === "-s") && next) return short(next);
  }
  const [command, verb, name] = words(args);
  if (command === "stack" && name && ["select", "init", "rm"].includes(verb ?? "")) return short(name);
  return short(process.env.PULUMI_STACK || "local");
}

/** The stack's own name in `organization/project/stack`. */
const short = (stack: string) => stack.slice(stack.lastIndexOf("/") + 1);

/** The command of Pulumi that arguments ask for, such as `up`; options may stand before it. */
export function commandOf(args: string[]): string {
  return words(args)[0] ?? "";
}

/** Pulumi's options for every command that take a value (3.259). */
const valued = new Set(
  "-s --stack -C --cwd -v --verbose --color --memprofilerate --otel-traces --profiling --tracing --tracing-header".split(
    " ",
  ),
);

/** The arguments that are no options, nor values of those. */
function words(args: string[]): string[] {
  return args.filter((arg, index) => !arg.startsWith("-") && !valued.has(args[index - 1] ?? ""));
}

export interface Stack {
  name: string;
  /** Runs Pulumi on the user's terminal. */
  run: (args: string[]) => Promise<number>;
  /** Runs Pulumi and keeps what it prints. */
  capture: (args: string[]) => Promise<Finished>;
  /** Whether an earlier command that changes the stack did not come to a good end. Known of stacks on this machine only. */
  interrupted: () => boolean;
  /** Says that what the interruption had left is dealt with. */
  settled: () => void;
}

/** Whether a command changes what the cloud or the state has. */
export function changes(args: string[]): boolean {
  return changing.has(commandOf(args)) && !args.includes("--preview-only");
}

const changing = new Set(["up", "update", "refresh", "destroy", "down", "import"]);

/**
 * Sets up engine, plugins and environment for a stack.
 *
 * @param program folder of the Pulumi program; this project's own by default.
 */
export async function openStack(name: string, program = root): Promise<Stack> {
  const pulumi = await engine();
  const env = isLocal(name) ? await localEnvironment(name, pulumi, await running()) : { ...process.env };
  env.PATH = `${dirname(pulumi)}:${env.PATH ?? ""}`;
  env.PULUMI_DEBUG_COMMANDS = "true"; // `--event-log` is among the options that the engine hides
  const options = { cwd: program, env };
  const mark = join(home, `${name}.unfinished`);
  return {
    name,
    run: async (args) => {
      const marks = isLocal(name) && changes(args);
      if (marks) writeFileSync(mark, "");
      const code = await attach(pulumi, args, options);
      if (code === 0 && marks) rmSync(mark, { force: true });
      return code;
    },
    capture: (args) => capture(pulumi, args, options),
    interrupted: () => existsSync(mark),
    settled: () => rmSync(mark, { force: true }),
  };
}

/** Makes a stack on this machine unless it is there. */
export async function initialize(stack: Stack): Promise<void> {
  if (checkpoint(stack.name)) return;
  const { code, stderr } = await stack.capture(["stack", "init", stack.name]);
  if (code === 0) return;
  const why = stderr
    .trim()
    .split("\n")
    .pop()
    ?.replace(/^error: /, "");
  throw new UserError(`stack ${stack.name} cannot be made with Pulumi.${stack.name}.yaml: ${why}`);
}

let told = false;

function tellOnce(standIns: string[]): void {
  if (told || standIns.length === 0) return;
  told = true;
  say(
    `Pulumi's official plugins are not installed here: stand-ins serve ${standIns.join(", ")} (this machine only)`,
  );
}

async function localEnvironment(name: string, pulumi: string, cloud?: Cloud): Promise<NodeJS.ProcessEnv> {
  makeHome();
  for (const folder of [stateFolder, pulumiHome]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { standIns, env: forPlugins } = await plugins(pulumi);
  tellOnce(standIns);
  const inherited = Object.entries(process.env).filter(([key]) => !foreign.test(key));
  return {
    ...Object.fromEntries(inherited),
    ...forPlugins,
    PULUMI_STACK: name,
    BREAKWATER_NODE: process.execPath, // what the stand-ins run on
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: pathToFileURL(stateFolder).href,
    PULUMI_CONFIG_PASSPHRASE: LOCAL_PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(cloud && { ...cloudEnvironment(cloud), ...spacesEnvironment(cloud) }),
  };
}

/** What points a DigitalOcean client (the provider, doctl, godo, pydo, Terraform) at the local cloud. */
export function cloudEnvironment(cloud: Cloud): Record<string, string> {
  return {
    DIGITALOCEAN_API_URL: cloud.url,
    DIGITALOCEAN_TOKEN: cloud.token,
    DIGITALOCEAN_ACCESS_TOKEN: cloud.token,
  };
}
