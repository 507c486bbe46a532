import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { systemCode } from "../../errors.ts";
import { ProgramMissing } from "../engine.ts";
import { makeProgramFolder, programFolder } from "../programs.ts";

const run = promisify(execFile);

/** What is built: FerretDB 1.24.2 as a package, with its own few lines around it. */
const source = join(import.meta.dirname, "wire");
const SOURCES = ["main.go", "go.mod", "go.sum"];

let found: Promise<string> | undefined;

/**
 * The path of the program that speaks MongoDB's protocol. It is built once from the sources here, through the Go module
 * proxy that is configured, and then lies in the cache.
 * @throws ProgramMissing without Go, or where the modules can't be had
 */
export function mongoProgram(say: (line: string) => void = () => {}): Promise<string> {
  found ??= build(say);
  found.catch(() => {
    found = undefined; // the network may be back next time
  });
  return found;
}

async function build(say: (line: string) => void): Promise<string> {
  const hash = createHash("sha256");
  for (const file of SOURCES) hash.update(readFileSync(join(source, file)));
  const target = join(programFolder("mongodb-wire", hash.digest("hex").slice(0, 16)), "mongodb-wire");
  if (existsSync(target)) return target;
  const folder = dirname(target);
  makeProgramFolder(folder);
  // Made beside its place and moved there whole: commands may do this at the same time, or be killed.
  const draft = `${target}.${randomBytes(4).toString("hex")}`;
  const args = [
    "build",
    "-trimpath",
    "-buildvcs=false", // the checkout may be another user's, which git refuses
    "-mod=readonly",
    "-tags",
    "ferretdb_no_sqlite",
    "-ldflags",
    "-s -w",
    "-o",
    draft,
    ".",
  ];
  try {
    say("Building the MongoDB server from source (once, about a minute on two cores)");
    await run("go", args, { cwd: source, env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" } });
    chmodSync(draft, 0o755);
    renameSync(draft, target);
  } catch (error) {
    throw new ProgramMissing(`${reason(error)}: install Go (https://go.dev/dl/), and the cluster comes up`);
  } finally {
    rmSync(draft, { force: true });
  }
  return target;
}

function reason(error: unknown): string {
  if (systemCode(error) === "ENOENT") return "The MongoDB server is built from source, and there is no Go";
  const output = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return `The MongoDB server can't be built (${output.trim().split("\n").pop()})`;
}
