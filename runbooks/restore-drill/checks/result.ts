import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";

/** What the checks found, and how it gets out of the job that ran them: through its log, which is all that leaves the VPC. */

const check = z.object({
  name: z.string(),
  outcome: z.enum(["passed", "failed", "not tested"]),
  why: z.string().optional(),
  numbers: z.record(z.string(), z.union([z.number(), z.string()])),
  seconds: z.number(),
});

export const result = z.object({
  id: z.string(),
  engine: z.enum(["pg", "mongodb", "valkey"]),
  /** ISO 8601, by the clock of whoever checks. */
  startedAt: z.string(),
  /** The restored cluster let the checks in. */
  reachedAt: z.string().optional(),
  /** First query that was answered over verified TLS: of a dump, once it is restored. */
  firstQueryAt: z.string().optional(),
  /** No longer in recovery. */
  recoveredAt: z.string().optional(),
  finishedAt: z.string(),
  serverVersion: z.string().optional(),
  canary: z
    .object({
      periodSeconds: z.number(),
      newest: z.string().optional(),
      newestAtSource: z.string().optional(),
      lost: z.number().optional(),
    })
    .optional(),
  checks: z.array(check),
  /** Rows and checksums of what was restored, by `database.schema.table` or `database.collection`. */
  contents: z.record(z.string(), z.object({ rows: z.number(), digest: z.string().optional() })),
});

export type Result = z.output<typeof result>;

/** Characters of a line that every log keeps whole: App Platform cuts forwarded lines at 2,048 bytes. */
const LINE = 1_500;

/** The lines that a log carries a message in. */
export function linesOf(id: string, what: object): string[] {
  const text = gzipSync(JSON.stringify(what)).toString("base64");
  const count = Math.ceil(text.length / LINE);
  return Array.from(
    { length: count },
    (_, index) =>
      `breakwater-drill ${id} ${index + 1}/${count} ${text.slice(index * LINE, (index + 1) * LINE)}`,
  );
}

/** The message of a drill in a log, whatever stands around its lines; undefined while some are missing. */
export function messageIn(log: string, id: string): unknown {
  const parts = new Map<number, string>();
  let count = 0;
  for (const [, of, index, all, part = ""] of log.matchAll(
    /breakwater-drill (\S+) (\d+)\/(\d+) ([A-Za-z0-9+/=]+)/g,
  )) {
    if (of !== id) continue;
    count = Number(all);
    parts.set(Number(index), part);
  }
  if (count === 0 || parts.size < count) return undefined;
  const text = Array.from({ length: count }, (_, index) => parts.get(index + 1) ?? "").join("");
  return JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString());
}
