import { type Content, knownAt, type Recording, schemaAt } from "../recordings/recording.ts";
import { type Finding, NotTested } from "./check.ts";

/** What was read of the restored data: a content, or why there is none. */
export type Reading = Map<string, Content | { problem: string }>;

/** Everything could be read, from the first page to the last. */
export function fullyRead(reading: Reading): Finding {
  const unread = [...reading].flatMap(([name, what]) =>
    "problem" in what ? [`${name}: ${what.problem}`] : [],
  );
  const contents = contentsOf(reading);
  const sampled = [...contents.values()].filter(({ digest }) => digest === undefined).length;
  const rows = [...contents.values()].reduce((sum, content) => sum + content.rows, 0);
  return { numbers: { tables: reading.size, rows, countedOnly: sampled }, problems: unread };
}

export function contentsOf(reading: Reading): Map<string, Content> {
  return new Map(
    [...reading].flatMap(([name, what]): [string, Content][] => ("problem" in what ? [] : [[name, what]])),
  );
}

/**
 * Row counts and checksums are those recorded at the time. Of a table that was written between the recordings around that time nothing
 * can be told, and the numbers say how many are so. One that differs from what it was both before and after is doubtful where the
 * server counts no writes (MongoDB): it may have been written, and written back.
 */
export function asRecorded(reading: Reading, recordings: readonly Recording[], time: Date): Finding {
  const contents = contentsOf(reading);
  const names = new Set([...contents.keys(), ...recordings.flatMap(({ tables }) => Object.keys(tables))]);
  const problems: string[] = [];
  const doubts: string[] = [];
  const counts = { equal: 0, changing: 0, unrecorded: 0 };
  for (const name of [...names].sort()) {
    const known = knownAt(recordings, time, name);
    const found = reading.get(name);
    if (known === "changed") counts.changing += 1;
    else if (known === "unrecorded") counts.unrecorded += 1;
    else if (found && "problem" in found)
      continue; // told by the full read
    else {
      const problem = difference(name, found, known.content, known.by);
      if (problem) (known.isDoubtful ? doubts : problems).push(problem);
      else if (found) counts.equal += 1;
    }
  }
  if (problems.length === 0 && doubts.length > 0)
    throw new NotTested(`written and written back, or not restored as it was: ${doubts.join("; ")}`, {
      ...counts,
      doubtful: doubts.length,
    });
  if (problems.length === 0 && counts.equal === 0 && names.size > 0)
    throw new NotTested(
      counts.changing > 0
        ? "every table was written between the recordings around that time"
        : "nothing was recorded on both sides of that time: npm run drill -- --record makes a recording",
    );
  return { numbers: { ...counts, recordings: recordings.length }, problems: [...problems, ...doubts] };
}

function difference(name: string, found: Content | undefined, wanted: Content | undefined, by: string) {
  if (!wanted) return found && `${name} is there, though it was not (${by})`;
  if (!found) return `${name} is missing (${by})`;
  if (found.rows !== wanted.rows) return `${name} has ${found.rows} rows instead of ${wanted.rows} (${by})`;
  return found.digest !== wanted.digest
    ? `${name} has other rows than those recorded: the checksum differs (${by})`
    : undefined;
}

export function schemaAsRecorded(found: string, recordings: readonly Recording[], time: Date): Finding {
  const wanted = schemaAt(recordings, time);
  if (wanted === "changed") throw new NotTested("the schema changed between the recordings around that time");
  if (wanted === "unrecorded") throw new NotTested("nothing was recorded on both sides of that time");
  return {
    numbers: { digest: found.slice(0, 16) },
    problems:
      found === wanted
        ? []
        : ["what is there, how it is typed, constrained or indexed differs from what was recorded"],
  };
}
