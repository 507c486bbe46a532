import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import semver from "semver";
import { binFolder } from "../local/plugins/index.ts";
import manifest from "../package.json" with { type: "json" };
import { ENGINE_VERSION } from "./engine.ts";
import { UserError } from "./errors.ts";
import { cache, pulumiHome, remember } from "./places.ts";
import { capture } from "./process.ts";
import { step } from "./progress.ts";

/**
 * Pulumi's plugins for the stacks on this machine. The official ones are used wherever they can be had; the stand-ins of
 * `local/plugins` take the places that stay empty. Both go into the stacks' own `PULUMI_HOME`, where the engine looks by itself,
 * so that it need not warn of plugins on the PATH.
 */

interface Plugin {
  kind: "language" | "resource";
  name: string;
  version: string;
}

const wanted: Plugin[] = [
  { kind: "language", name: "nodejs", version: ENGINE_VERSION },
  { kind: "resource", name: "digitalocean", version: manifest.dependencies["@pulumi/digitalocean"] },
  { kind: "resource", name: "random", version: manifest.dependencies["@pulumi/random"] },
  { kind: "resource", name: "command", version: manifest.devDependencies["@pulumi/command"] },
];

/** A download that failed is tried again after this many milliseconds (a day). */
const RETRY_AFTER = 24 * 60 * 60 * 1000;

const executable = (plugin: Plugin) => `pulumi-${plugin.kind}-${plugin.name}`;
const title = (plugin: Plugin) => (plugin.kind === "language" ? `${plugin.name} language host` : plugin.name);

export interface Plugins {
  /** What the stand-ins replace, for example `digitalocean`; empty when every plugin is official. */
  standIns: string[];
  /** Environment that the engine needs to find exactly these plugins. */
  env: Record<string, string>;
}

/**
 * Puts the plugins in place. `BREAKWATER_PLUGINS=official|stand-in` (for tests) forces one side.
 *
 * @param engine path of the `pulumi` command.
 */
export async function plugins(engine: string): Promise<Plugins> {
  const side = process.env.BREAKWATER_PLUGINS ?? "";
  if (!["", "official", "stand-in"].includes(side))
    throw new UserError(`BREAKWATER_PLUGINS is "${side}"; allowed: official, stand-in`);
  const env: Record<string, string> = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
  if (side === "stand-in") {
    for (const plugin of wanted) link(plugin, join(binFolder, executable(plugin)));
    return { standIns: wanted.map(title), env: { ...env, PULUMI_IGNORE_AMBIENT_PLUGINS: "true" } };
  }
  const missing: Plugin[] = [];
  for (const plugin of wanted) {
    if (beside(engine, plugin)) continue; // the engine finds these by itself
    const path = installed(plugin);
    if (path) link(plugin, path);
    else missing.push(plugin);
  }
  await download(engine, missing);
  const replaced: Plugin[] = [];
  for (const plugin of missing) {
    const path = installed(plugin);
    link(plugin, path ?? join(binFolder, executable(plugin)));
    if (!path) replaced.push(plugin);
  }
  if (side === "official" && replaced.length > 0)
    throw new UserError(
      `BREAKWATER_PLUGINS=official, but these plugins are neither installed nor can be downloaded: ${replaced.map(title).join(", ")}`,
    );
  return { standIns: replaced.map(title), env };
}

/** On the PATH, or shipped beside the engine. */
function beside(engine: string, plugin: Plugin): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  if (plugin.kind === "language") folders.push(dirname(engine));
  return folders.some((folder) => existsSync(join(folder, executable(plugin))));
}

/** In the user's `PULUMI_HOME`, or downloaded by an earlier command. The newest that the SDK's version accepts. */
function installed(plugin: Plugin): string | undefined {
  const prefix = `${plugin.kind}-${plugin.name}-v`;
  for (const base of [process.env.PULUMI_HOME, join(homedir(), ".pulumi"), downloads]) {
    if (!base) continue;
    const folder = join(base, "plugins");
    if (!existsSync(folder)) continue;
    const versions = readdirSync(folder)
      .filter((name) => name.startsWith(prefix) && !existsSync(join(folder, `${name}.partial`)))
      .filter((name) => !isLauncher(join(folder, name, executable(plugin))))
      .map((name) => name.slice(prefix.length));
    const best = semver.maxSatisfying(versions, `^${plugin.version}`);
    if (best) return join(folder, prefix + best, executable(plugin));
  }
  return undefined;
}

const downloads = join(cache, "plugins");

/** Only resource plugins are downloaded one by one: language hosts come with the engine's release. */
async function download(engine: string, missing: Plugin[]): Promise<void> {
  const resources = missing.filter(({ kind }) => kind === "resource");
  const failed = join(downloads, "unreachable-since");
  const since = existsSync(failed) ? Number(readFileSync(failed, "utf8")) : 0;
  if (resources.length === 0 || Date.now() - since < RETRY_AFTER) return;
  const env = { ...process.env, PULUMI_HOME: downloads, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const results = await step("Looking for Pulumi's official plugins", () =>
    Promise.all(
      resources.map(({ name, version }) =>
        capture(engine, ["plugin", "install", "resource", name, version], { env, timeout: 120_000 }),
      ),
    ),
  );
  if (results.some(({ code }) => code !== 0)) remember(failed, String(Date.now()));
  else rmSync(failed, { force: true });
}

/** Marks the launchers, which a command that inherits a stack's `PULUMI_HOME` must not take for installed plugins. */
const LAUNCHER = "#!/bin/sh\n# Made by Breakwater: cli/plugins.ts\n";
const isLauncher = (file: string) =>
  existsSync(file) && statSync(file).size < 10_000 && readFileSync(file, "utf8").startsWith(LAUNCHER);

/** One version of a plugin in the stacks' `PULUMI_HOME`: a folder with a launcher, which is all that the engine looks for. */
function link(plugin: Plugin, path: string): void {
  const name = `${plugin.kind}-${plugin.name}-v${plugin.version}`;
  const file = join(pulumiHome, "plugins", name, executable(plugin));
  const launcher = `${LAUNCHER}exec '${path.replaceAll("'", "'\\''")}' "$@"\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === launcher) return;
  mkdirSync(dirname(file), { recursive: true });
  // In one step: another command may be about to run it.
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, launcher, { mode: 0o755 });
  renameSync(temporary, file);
}
