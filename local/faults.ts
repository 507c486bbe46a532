import * as z from "zod";
import { ApiError } from "./errors.ts";
import { newId } from "./relations.ts";

/** A fault that requests of a route meet, for as long as it is set. Faults are not kept over a restart. */
export const Fault = z.strictObject({
  /** Default: every method. */
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  /** The path; `*` stands for one segment, a last `**` for any rest. */
  path: z
    .string()
    .regex(
      /^\/v2(\/(\*|[^*/]+))*(\/\*\*)?$/,
      "must start with /v2/; a * stands for one whole segment, a last ** for any rest",
    ),
  /** How many requests meet it. Default: all. */
  times: z.int().positive().optional(),
  effect: z.discriminatedUnion("kind", [
    /** The answer comes this much later. */
    z.strictObject({ kind: z.literal("latency"), milliseconds: z.int().min(0).max(600_000) }),
    /** The request is refused untouched; `retry_after` in seconds becomes the header. */
    z.strictObject({
      kind: z.literal("status"),
      status: z.int().min(400).max(599),
      retry_after: z.int().min(0).optional(),
    }),
    /** The connection breaks without an answer: before anything is written, or after all is. */
    z.strictObject({ kind: z.literal("drop"), when: z.enum(["before", "after"]) }),
    /** What the request starts never gets done. */
    z.strictObject({ kind: z.literal("stall") }),
    /** What the request starts ends in an error, where it can: a deployment. */
    z.strictObject({ kind: z.literal("fail") }),
  ]),
});
export type Fault = z.output<typeof Fault>;
type Effect = Fault["effect"];

interface Armed {
  id: string;
  fault: Fault;
  pattern: RegExp;
  left: number;
}

export class Faults {
  #armed: Armed[] = [];

  set(fault: Fault): { id: string } & Fault {
    const id = newId();
    this.#armed.push({
      id,
      fault,
      pattern: patternOf(fault.path),
      left: fault.times ?? Number.POSITIVE_INFINITY,
    });
    return { id, ...fault };
  }

  list(): ({ id: string } & Fault)[] {
    return this.#armed.map(({ id, fault, left }) => ({
      id,
      ...fault,
      ...(Number.isFinite(left) ? { times: left } : {}),
    }));
  }

  /** Clears one, or all. Whether there was one. */
  clear(id?: string): boolean {
    const before = this.#armed.length;
    this.#armed = id === undefined ? [] : this.#armed.filter((armed) => armed.id !== id);
    return this.#armed.length < before;
  }

  /** The effects on this request, each counted as met. */
  meet(method: string, path: string): Effect[] {
    const met = this.#armed.filter(
      ({ fault, pattern }) => (fault.method === undefined || fault.method === method) && pattern.test(path),
    );
    for (const armed of met) armed.left--;
    this.#armed = this.#armed.filter((armed) => armed.left > 0);
    return met.map((armed) => armed.fault.effect);
  }
}

/** The refusal that a status fault stands for, with the platform's id and words where they are known. */
export function refusal(effect: Extract<Effect, { kind: "status" }>): ApiError {
  const { status, retry_after } = effect;
  const headers: Record<string, string> =
    retry_after === undefined ? {} : { "retry-after": String(retry_after) };
  if (status === 429) return new ApiError(429, "too_many_requests", "API Rate limit exceeded.", headers);
  if (status >= 500) return new ApiError(status, "server_error", "Unexpected server-side error", headers);
  return new ApiError(status, "injected_fault", `A fault set for this route answers ${status}.`, headers);
}

function patternOf(path: string): RegExp {
  const source = path
    .split("/")
    .map((segment) =>
      segment === "*" ? "[^/]+" : segment === "**" ? ".*" : segment.replace(/[^\w-]/g, "\\$&"),
    )
    .join("/");
  return new RegExp(`^${source}$`);
}
