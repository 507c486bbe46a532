import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDocument, stringify } from "yaml";
import type { Api } from "../api.ts";
import { reason } from "../differences.ts";
import { engine } from "../engine.ts";
import { UserError } from "../errors.ts";
import { home, makeHome, pulumiHome, root } from "../places.ts";
import { plugins } from "../plugins.ts";
import { capture } from "../process.ts";

/**
 * The stack of a drill: the program of runbooks/restore-drill with a state of its own, which holds nothing that outlives the drill. No
 * login of the user's is touched, and the passphrase is known to nobody.
 */
export interface DrillStack {
  /** @throws UserError with the engine's reason, or when it took longer than `minutes`, or was given up. */
  up(minutes: number, givenUp?: AbortSignal): Promise<Outputs>;
  /** Takes away state and configuration. */
  remove(): void;
}

/** What the program gives (runbooks/restore-drill/index.ts). */
export interface Outputs {
  /** What its job found, as JSON; null when there was none. */
  result: string | null;
  /** What checks elsewhere need to know, as JSON: secret. */
  assignment: string | null;
}

/** Thrown when the program was not done in time. */
export class TimedOut extends Error {}

const project = "breakwater-restore-drill";

/**
 * @param config plain values and secret ones, by name.
 */
export async function openDrillStack(
  id: string,
  api: Api,
  config: { plain: Record<string, unknown>; secret: Record<string, unknown> },
): Promise<DrillStack> {
  makeHome();
  const folder = join(home, "drills", id);
  const state = join(folder, "state");
  for (const each of [state, pulumiHome]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const tree = join(root, "runbooks", "restore-drill");
  const program = parseDocument(readFileSync(join(tree, "Pulumi.yaml"), "utf8"));
  program.set("main", join(tree, String(program.get("main"))));
  writeFileSync(join(folder, "Pulumi.yaml"), program.toString());
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

  const pulumi = await engine();
  const { env: forPlugins } = await plugins(pulumi);
  const { PATH = "", ...inherited } = process.env;
  const env = {
    ...Object.fromEntries(
      Object.entries(inherited).filter(([key]) => !/^(PULUMI|DIGITALOCEAN|DUMPS)_/.test(key)),
    ),
    PATH,
    ...forPlugins,
    BREAKWATER_NODE: process.execPath,
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("hex"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    DIGITALOCEAN_API_URL: api.url,
    DIGITALOCEAN_TOKEN: api.token,
  };
  env.PATH = `${dirname(pulumi)}:${env.PATH}`;
  const run = (args: string[], timeout?: number, givenUp?: AbortSignal) =>
    capture(pulumi, [...args, "--stack", id], { cwd: folder, env, timeout, givenUp });
  const must = async (args: string[]) => {
    const { code, stderr } = await run(args);
    if (code !== 0)
      throw new UserError(`the drill's stack can't be made: ${stderr.trim().split("\n").pop()}`);
  };
  await must(["stack", "init"]);
  const file = join(folder, `Pulumi.${id}.yaml`);
  const salt = parseDocument(readFileSync(file, "utf8")).get("encryptionsalt");
  const named = Object.entries(config.plain).map(([key, value]) => [`${project}:${key}`, value]);
  writeFileSync(file, stringify({ encryptionsalt: salt, config: Object.fromEntries(named) }), {
    mode: 0o600,
  });
  for (const [key, value] of Object.entries(config.secret)) {
    // From a file: an argument would show in the list of processes.
    const secret = join(folder, `${key}.json`);
    writeFileSync(secret, JSON.stringify(value), { mode: 0o600 });
    try {
      const quoted = [pulumi, "config", "set", "--secret", `${project}:${key}`, "--stack", id];
      const { code, stderr } = await capture(
        "/bin/sh",
        ["-c", `exec "$@" < "$SECRET_FILE"`, "sh", ...quoted],
        { cwd: folder, env: { ...env, SECRET_FILE: secret } },
      );
      if (code !== 0) throw new UserError(`the drill's stack can't keep a secret: ${stderr.trim()}`);
    } finally {
      rmSync(secret, { force: true });
    }
  }
  async function up(minutes: number, givenUp?: AbortSignal): Promise<Outputs> {
    const started = Date.now();
    const { code, stdout, stderr } = await run(
      ["up", "--yes", "--skip-preview", "--non-interactive"],
      minutes * 60_000,
      givenUp,
    );
    if (code !== 0) {
      if (Date.now() - started >= minutes * 60_000)
        throw new TimedOut(`it was not done within ${minutes} min`);
      throw new UserError(reason(stdout + stderr));
    }
    return JSON.parse((await run(["stack", "output", "--json", "--show-secrets"])).stdout);
  }
  return { up, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
