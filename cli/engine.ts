import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import semver from "semver";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { holding } from "./lock.ts";
import { cache, makeCache, remember, root } from "./places.ts";
import { capture } from "./process.ts";
import { say, step } from "./progress.ts";

/** Pulumi's engine: the `pulumi` command itself. */

/** The release that everything here is tested with. A newer one of the same major on the PATH is used as it is. */
export const ENGINE_VERSION = "3.259.0";

const folder = join(cache, "engine", ENGINE_VERSION);
const module = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/**
 * The path of a `pulumi` that is recent enough: the PATH's, else the one in the cache, else the official release
 * (through the npm package `pulumi`), else a build from the Go module proxy. The last two land in the cache.
 */
export async function engine(): Promise<string> {
  const found = (await onPath()) ?? (await cached());
  if (found) return found;
  makeCache();
  return holding(
    join(cache, "engine.lock"),
    async () => (await cached()) ?? (await download()) ?? (await build()),
    () => say("Waiting for another command to finish setting up Pulumi's engine"),
  );
}

async function onPath(): Promise<string | undefined> {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return firstUsable(folders.map((entry) => join(entry, "pulumi")));
}

/** A build lies in `bin`, a release (with its language hosts beside it) in `versions/<version>/bin`. */
function cached(): Promise<string | undefined> {
  return firstUsable([join(folder, "bin", "pulumi"), join(releaseFolder(), "pulumi")]);
}

async function firstUsable(paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const version = existsSync(path) ? await versionOf(path) : undefined;
    if (version && semver.satisfies(version, `^${ENGINE_VERSION}`)) return path;
  }
  return undefined;
}

/** Undefined for what does not run. Asking takes 0.2 s, so the answer is kept for as long as the file stays the same. */
async function versionOf(path: string): Promise<string | undefined> {
  const { size, mtimeMs } = statSync(path);
  const file = `${size} ${mtimeMs}`;
  const known = versionsKnown();
  const version = at(known, path, file);
  if (typeof version === "string") return version;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = await capture(path, ["version"], { env, timeout: 20_000 }).catch(() => undefined);
  const found = semver.valid(answer?.stdout.trim()) ?? undefined;
  if (found) remember(versionsFile, JSON.stringify({ ...known, [path]: { [file]: found } }));
  return found;
}

const versionsFile = join(cache, "engine", "versions.json");

function versionsKnown(): object {
  try {
    return JSON.parse(readFileSync(versionsFile, "utf8"));
  } catch {
    return {}; // nothing known yet, or cut short by a full disk
  }
}

function releaseFolder(): string {
  return join(folder, "versions", ENGINE_VERSION, "bin");
}

/**
 * The npm package `pulumi` downloads the official release. It is no dependency: its command would hide the engine that is on
 * the PATH. On a network that has no way to the release it fails at once.
 */
async function download(): Promise<string | undefined> {
  return step("Looking for Pulumi's official release", async () => {
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, PULUMI_HOME: folder, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const args = ["exec", "--yes", `--package=pulumi@${ENGINE_VERSION}`, "--", "pulumi", "version"];
    const { code } = await capture("npm", args, { cwd: folder, env });
    const path = join(releaseFolder(), "pulumi");
    return code === 0 && existsSync(path) ? path : undefined;
  });
}

async function build(): Promise<string> {
  const advice = `install Pulumi ${ENGINE_VERSION} or newer (https://www.pulumi.com/docs/install/), then run the command again`;
  try {
    await capture("go", ["version"]);
  } catch {
    throw new UserError(
      `the official release of Pulumi cannot be reached from here, and without Go it cannot be built: ${advice}`,
    );
  }
  const target = join(folder, "bin", "pulumi");
  const temporary = `${target}.${process.pid}`;
  const objects = join(folder, "build-cache");
  mkdirSync(join(folder, "bin"), { recursive: true });
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`;
  const args = [
    "build",
    "-v",
    "-trimpath",
    "-mod=readonly",
    "-o",
    temporary,
    "-ldflags",
    `-s -w -X ${version}`,
    module,
  ];
  // An object cache of its own: an interrupted build goes on where it stopped, and 1.5 GB go when it is done.
  const env = { ...process.env, GOCACHE: objects, CGO_ENABLED: "0", GOFLAGS: "" };
  const title = "Building Pulumi's engine from source (once, about 3 minutes on two cores)";
  const result = await step(title, async (detail) => {
    let packages = 0;
    return capture("go", args, {
      cwd: join(root, "cli", "engine"),
      env,
      onErrorLine: (line) => {
        if (line.startsWith("go: downloading")) detail(`fetching ${line.split(" ")[2] ?? "modules"}`);
        else detail(`${++packages} packages compiled`);
      },
    });
  });
  if (result.code !== 0) {
    rmSync(temporary, { force: true });
    const why = result.stderr.trim().split("\n").pop() ?? "";
    throw new UserError(`Pulumi's engine could not be built (${why}): ${advice}`);
  }
  renameSync(temporary, target);
  rmSync(objects, { recursive: true, force: true });
  return target;
}
