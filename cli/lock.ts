import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs an action while no other process runs one under the same lock file. The file is an empty SQLite database: the system itself
 * frees its lock when a process ends, however it ends, so that no lock can be left behind.
 *
 * @param file its folder must exist.
 * @param waiting called once when another process holds the lock; it may throw, to not wait.
 */
export async function holding<T>(file: string, action: () => Promise<T>, waiting: () => void): Promise<T> {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let told = false; !take(database); await delay(200)) {
      if (!told) waiting();
      told = true;
    }
    return await action();
  } finally {
    database.close();
  }
}

/** Result code of SQLite for what another process has locked. */
const SQLITE_BUSY = 5;

function take(database: DatabaseSync): boolean {
  try {
    // Without a journal's file nothing is written at all, so that a full disk hinders nobody.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
