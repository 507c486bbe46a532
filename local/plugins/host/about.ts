/** What `pulumi about` and `pulumi install` ask: the runtime, the package manager, a program's dependencies. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb.js";
import { runtimeOptions } from "./options.ts";
import { installedPackages, type Manifest, readManifest } from "./packages.ts";

const lockFiles = {
  "package-lock.json": "npm",
  "yarn.lock": "yarn",
  "pnpm-lock.yaml": "pnpm",
  "bun.lock": "bun",
  "bun.lockb": "bun",
} as const;

/** The package manager of a program: the option's, else the one whose lock file lies nearest, else npm. */
export function packageManager(info: ProgramInfo | undefined): {
  readonly name: string;
  readonly root: string;
} {
  const { packagemanager } = runtimeOptions(info);
  const program = info?.getProgramDirectory() ?? ".";
  for (let folder = program; ; folder = dirname(folder)) {
    for (const [file, name] of Object.entries(lockFiles)) {
      if (existsSync(join(folder, file))) {
        return { name: packagemanager === "auto" ? name : packagemanager, root: folder };
      }
    }
    if (dirname(folder) === folder) break;
  }
  return { name: packagemanager === "auto" ? "npm" : packagemanager, root: program };
}

/** Facts about the runtime, as `pulumi about` lists them. */
export async function aboutRuntime(info: ProgramInfo | undefined): Promise<Record<string, string>> {
  const manager = packageManager(info);
  const version = versionAround(manager.name) ?? (await output(manager.name, ["--version"], manager.root));
  const typescript = installedPackages(info?.getProgramDirectory() ?? ".").find(
    ({ name }) => name === "typescript",
  );
  return {
    packagemanager: manager.name,
    ...(version && { packagemanagerVersion: version }),
    ...(typescript?.version && { typescriptVersion: typescript.version }),
  };
}

/** The version of a package manager under which this runs, as an npm script does. The engine asks before every command, so time counts. */
function versionAround(manager: string): string | undefined {
  const [name, version] = (process.env.npm_config_user_agent ?? "").split(/[/ ]/);
  return name === manager ? version : undefined;
}

/** Installed packages of a program: those its package.json names, or all of them. */
export function dependencies(info: ProgramInfo | undefined, transitive: boolean): Manifest[] {
  const folder = info?.getProgramDirectory() ?? ".";
  const installed = installedPackages(folder);
  if (transitive) return installed;
  const own = readManifest(folder);
  const named = new Set(Object.keys({ ...own?.dependencies, ...own?.devDependencies }));
  return installed.filter(({ name }) => name !== undefined && named.has(name));
}

/** Installs a program's packages; what the package manager prints goes to `print`. */
export async function install(
  info: ProgramInfo | undefined,
  print: (stream: "stdout" | "stderr", bytes: Buffer) => void,
): Promise<void> {
  const manager = packageManager(info);
  const production = runtimeOptions(info).production
    ? [manager.name === "npm" ? "--omit=dev" : "--production"]
    : [];
  print("stdout", Buffer.from("Installing dependencies...\n\n"));
  const child = spawn(manager.name, ["install", ...production], {
    cwd: manager.root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (bytes: Buffer) => print("stdout", bytes));
  child.stderr.on("data", (bytes: Buffer) => print("stderr", bytes));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", () =>
      reject(new Error(`${manager.name} is not on the PATH: install it, or set packagemanager`)),
    );
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`${manager.name} install failed with exit code ${code} in ${manager.root}`);
  print("stdout", Buffer.from("Finished installing dependencies\n\n"));
}

function output(command: string, args: string[], cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? text.trim() : undefined));
  });
}
