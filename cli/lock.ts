import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { codeOf } from "./errors.ts";
import { isAlive } from "./process.ts";

/**
 * Runs an action while no other process runs one under the same lock file.
 * The lock of a process that is gone is taken over.
 *
 * @param waiting called once when another process holds the lock.
 */
export async function holding<T>(
  file: string,
  action: () => Promise<T>,
  waiting: (pid: number) => void,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; !take(file); ) {
    const pid = Number(readFileSync(file, { encoding: "utf8", flag: "a+" }));
    if (!pid || !isAlive(pid)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) waiting(pid);
    told = true;
    await delay(200);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
