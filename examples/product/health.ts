import type { Connections } from "./connections.ts";

export interface Health {
  /** `degraded` when something is missing that most requests don't need. */
  status: "ok" | "degraded" | "down";
  checks: Record<string, "ok" | "absent" | "unreachable">;
}

/** Milliseconds that each has for its answer: the platform waits for a second. */
const PATIENCE = 800;

/** Asks each database that there is. Only without Postgres can nothing be served: the rest must not restart containers. */
export async function healthOf({ postgres, mongo, cache }: Connections): Promise<Health> {
  const [sql, documents, sessions] = await Promise.all([
    check(postgres && (() => postgres.query("SELECT 1"))),
    check(mongo && (() => mongo.command({ ping: 1 }))),
    check(cache && (() => cache.ping())),
  ]);
  const checks = { postgres: sql, mongo: documents, cache: sessions };
  if (sql === "unreachable") return { status: "down", checks };
  return { status: Object.values(checks).includes("unreachable") ? "degraded" : "ok", checks };
}

async function check(ask: (() => Promise<unknown>) | undefined): Promise<Health["checks"][string]> {
  if (!ask) return "absent";
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"unreachable">((resolve) => {
    timer = setTimeout(resolve, PATIENCE, "unreachable");
  });
  const answer = ask().then(
    () => "ok" as const,
    () => "unreachable" as const,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
