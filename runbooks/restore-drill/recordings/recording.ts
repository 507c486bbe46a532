/**
 * What a database held at a moment: kept beside the canary, so that a restored database can be compared with what was there at its time.
 */
export interface Recording {
  /** By the clock of the server (PostgreSQL) or of whoever recorded (MongoDB), ISO 8601 in UTC. */
  at: string;
  /** Name of the database. */
  database: string;
  /** Of tables, columns, constraints, indexes, views and functions; of collections and their indexes. */
  schema: string;
  /** Tables or collections by their full name. */
  tables: Record<string, Content>;
}

export interface Content {
  rows: number;
  /** The same for the same rows, in whatever order they lie. Undefined for what was too much to read. */
  digest?: string;
  /** The same as long as nobody has written. Undefined where the server does not tell. */
  writes?: string;
}

/** What a table held at a time, as far as recordings before and after can tell. */
export type Known =
  | {
      content: Content | undefined;
      by: string;
      /** It was the same before and after, and may have been another in between. */
      isDoubtful: boolean;
    }
  | "changed"
  | "unrecorded";

/**
 * What is known of a table at a time: its content, if the nearest recordings on both sides agree or one was made at that very time;
 * that it was not there (`content` undefined) likewise. What was written and written back in between was changed.
 */
export function knownAt(recordings: readonly Recording[], time: Date, table: string): Known {
  const { exact, before, after } = around(recordings, time);
  if (exact) return known(exact.tables[table], `recorded at ${exact.at}`);
  if (!before || !after) return "unrecorded";
  const [old, young] = [before.tables[table], after.tables[table]];
  const isSame = old?.rows === young?.rows && old?.digest === young?.digest;
  if (!isSame || old?.writes !== young?.writes) return "changed";
  return known(old, `recorded the same at ${before.at} and at ${after.at}`, old?.writes === undefined);
}

/** What was only counted by an estimate is as good as unrecorded. */
function known(content: Content | undefined, by: string, isDoubtful = false): Known {
  return content && content.digest === undefined ? "unrecorded" : { content, by, isDoubtful };
}

/** The same of the schema. */
export function schemaAt(recordings: readonly Recording[], time: Date): string | "changed" | "unrecorded" {
  const { exact, before, after } = around(recordings, time);
  if (exact) return exact.schema;
  if (!before || !after) return "unrecorded";
  return before.schema === after.schema ? before.schema : "changed";
}

/** The recordings next to a time. */
function around(recordings: readonly Recording[], time: Date) {
  const at = (recording: Recording) => Date.parse(recording.at);
  const sorted = recordings.toSorted((a, b) => at(a) - at(b));
  const target = time.getTime();
  return {
    exact: sorted.find((recording) => at(recording) === target),
    before: sorted.findLast((recording) => at(recording) < target),
    after: sorted.find((recording) => at(recording) > target),
  };
}
