import type { Recording } from "../recordings/recording.ts";
import { type Finding, NotTested, tellable } from "./check.ts";
import type { Reading } from "./contents.ts";
import type { Restored } from "./run.ts";

/** A database of the product in the restored cluster, and what is known of it. */
export interface Database {
  name: string;
  restored: Restored;
  reading: Reading;
  recordings: Recording[];
}

/** One check of every database. What is told of one among several begins with its name; numbers are added up. */
export async function everywhere(
  databases: readonly Database[],
  action: (database: Database) => Promise<Finding>,
): Promise<Finding> {
  const numbers: NonNullable<Finding["numbers"]> = {};
  const problems: string[] = [];
  const untold: string[] = [];
  for (const database of databases) {
    const told = (text: string) => (databases.length > 1 ? `${database.name}: ${text}` : text);
    try {
      const found = await action(database);
      problems.push(...(found.problems ?? []).map(told));
      for (const [key, value] of Object.entries(found.numbers ?? {})) {
        const before = numbers[key];
        numbers[key] = typeof value === "number" && typeof before === "number" ? before + value : value;
      }
    } catch (error) {
      if (error instanceof NotTested) Object.assign(numbers, error.numbers);
      (error instanceof NotTested ? untold : problems).push(told(tellable(error)));
    }
  }
  if (problems.length === 0 && untold.length > 0) throw new NotTested(untold.join("; "), numbers);
  return { numbers, problems };
}
