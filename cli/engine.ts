import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import semver from "semver";
import { UserError } from "./errors.ts";
import { holding } from "./lock.ts";
import { cache, root } from "./places.ts";
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
  const found = (await onPath()) ?? cached();
  if (found) return found;
  return holding(
    join(cache, "engine.lock"),
    async () => cached() ?? (await download()) ?? (await build()),
    (pid) => say(`Waiting for another command (process ${pid}) to finish setting up Pulumi's engine`),
  );
}

async function onPath(): Promise<string | undefined> {
  for (const entry of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(entry, "pulumi");
    if (!entry || !existsSync(path)) continue;
    const version = await versionOf(path);
    if (version && semver.satisfies(version, `^${ENGINE_VERSION}`)) return path;
  }
  return undefined;
}

/** Asking takes 0.2 s, so the answer is kept for as long as the file stays the same. */
async function versionOf(path: string): Promise<string | undefined> {
  const { size, mtimeMs } = statSync(path);
  const key = `${path} ${size} ${mtimeMs}`;
  const memory = join(cache, "engine", "on-path");
  const [knownKey, knownVersion] = existsSync(memory) ? readFileSync(memory, "utf8").split("\n") : [];
  if (knownKey === key) return knownVersion;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const version = semver.valid((await capture(path, ["version"], { env })).stdout.trim()) ?? undefined;
  if (!version) return undefined;
  mkdirSync(join(cache, "engine"), { recursive: true });
  writeFileSync(memory, `${key}\n${version}`);
  return version;
}

/** A build lies in `bin`, a release (with its language hosts beside it) in `versions/<version>/bin`. */
function cached(): string | undefined {
  return [join(folder, "bin", "pulumi"), join(releaseFolder(), "pulumi")].find((path) => existsSync(path));
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
