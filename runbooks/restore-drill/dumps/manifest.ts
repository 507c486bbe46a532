import { z } from "zod";

export const engines = ["pg", "mongodb"] as const;
export type Engine = (typeof engines)[number];

/** Something that holds rows, and what was in it. */
const part = z.strictObject({
  /** A table with its schema, or a collection. */
  name: z.string(),
  rows: z.number().int().nonnegative(),
  /** The same for the same rows in any order: a sum over the hashes of all rows. */
  digest: z.string(),
});
export type Part = z.infer<typeof part>;

/**
 * What stands beside each dump, unencrypted: what must come out of it, known from the same snapshot. It is written last, so
 * that a dump without one was never finished.
 */
export const manifest = z.strictObject({
  format: z.literal(1),
  engine: z.enum(engines),
  database: z.string(),
  /** The moment of the snapshot. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** Version of the server, such as "17.10". */
  server: z.string(),
  /** What made the dump, with its version. */
  tool: z.string(),
  /** Whether all of it is of one moment, or only each collection for itself. */
  consistency: z.enum(["snapshot", "each collection"]),
  file: z.strictObject({
    key: z.string(),
    /** Of the bucket, so that no later file of the name is taken for it. */
    version: z.string().optional(),
    bytes: z.number().int().positive(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** Public keys that it is encrypted for. */
  recipients: z.array(z.string()).min(1),
  parts: z.array(part),
  schema: z
    .strictObject({
      /** Of the schema's statements as pg_dump writes them, in the order of their letters. */
      sha256: z.string(),
      extensions: z.array(z.string()),
      /** Roles that own something or were granted something. */
      roles: z.array(z.string()),
    })
    .optional(),
});
export type Manifest = z.infer<typeof manifest>;

/** What a dumper says of its dump when it has ended. */
export type Content = Pick<Manifest, "server" | "tool" | "consistency" | "parts" | "schema">;

/** Where the parts of a restored database differ from those of its dump, one line each. */
export function differences(expected: readonly Part[], found: readonly Part[]): string[] {
  const restored = new Map(found.map((each) => [each.name, each]));
  const known = new Set(expected.map(({ name }) => name));
  const lines = expected.flatMap(({ name, rows, digest }) => {
    const there = restored.get(name);
    if (!there) return [`${name} is missing`];
    if (there.rows !== rows) return [`${name} has ${there.rows} rows instead of ${rows}`];
    return there.digest === digest ? [] : [`${name} has other content`];
  });
  return [...lines, ...found.flatMap(({ name }) => (known.has(name) ? [] : [`${name} was not in the dump`]))];
}
