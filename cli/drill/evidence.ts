import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";

/**
 * What the drills of a stack have proved last, in one file for whoever asks whether that is recent: the policies `database-restore-drill`
 * and `database-dumps` read it (`policies:evidence`).
 */

const passed = z.object({
  engine: z.string(),
  /** What was restored; `empty` of a cache, which has no backups. */
  from: z.enum(["backup", "dump", "empty"]),
  clusterName: z.string(),
  clusterId: z.string(),
  /** When it was decided to restore. */
  at: z.string(),
  /** The newest moment that the restored data were known to hold. */
  recoveryPoint: z.string().optional(),
  /** The report, from the file's own folder, and its digest. */
  report: z.string(),
  sha256: z.string(),
});
const evidence = z.object({ version: z.literal(1), stack: z.string(), passed: z.array(passed) });

export type Passed = z.output<typeof passed>;

const key = ({ engine, from, clusterId }: Passed) => `${engine} ${from} ${clusterId}`;

/**
 * Notes a drill that passed in place of the last of its kind.
 *
 * @param folder the history of the stack.
 * @param drill what it proved; its report by its path.
 */
export function note(folder: string, stack: string, drill: Passed): void {
  const file = join(folder, "evidence.json");
  const mine = { ...drill, report: relative(dirname(file), drill.report) };
  const others = read(file).filter((each) => key(each) !== key(mine));
  const all = [...others, mine].sort((a, b) => key(a).localeCompare(key(b)));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, stack, passed: all }, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** What isn't such a file proves nothing. */
function read(file: string): Passed[] {
  try {
    return evidence.parse(JSON.parse(readFileSync(file, "utf8"))).passed;
  } catch {
    return [];
  }
}
