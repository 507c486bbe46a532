import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Ending, RunningProcess } from "../process.ts";
import { judge, watchOver } from "./probe.ts";
import { type ShellOptions, withShell } from "./shell.ts";
import type { Probe } from "./spec.ts";

export interface InstanceOptions extends ShellOptions {
  /** Whether it is to take requests. Without it it is ready once it has run for a moment. */
  readiness?: Probe | undefined;
  liveness?: Probe | undefined;
  /** Milliseconds between SIGTERM and SIGKILL. */
  grace: number;
  /** It ended by itself, with the last that it said. */
  crashed(ending: Ending, last: string[]): void;
}

/** What a worker must survive to count as started. */
const MOMENT = 500;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Having run for this long it is as good as new. */
const RECOVERED = 60_000;
const REMEMBERED_LINES = 200;

/** One process of a service or worker, started anew whenever it ends, after longer and longer pauses. */
export class Instance {
  readonly name: string;
  /** Whether it takes requests now. */
  ready = false;
  /** Where on 127.0.0.1 it listens; another one after each start. */
  port = 0;
  crashes = 0;
  /** Its last start was never found healthy. */
  unhealthy = false;
  /** Requests under way. */
  #requests = 0;
  readonly #options: InstanceOptions;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;
  #process: RunningProcess | undefined;
  /** Of those who wait for a change of the above. */
  readonly #waiting = new Set<() => void>();

  constructor(options: InstanceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#done = this.#supervise().catch((error: unknown) => {
      if (!this.#end.signal.aborted) options.said([`can't be run: ${String(error)}`]);
    });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Whether it gets ready before it is found unhealthy, has crashed `crashes` times or `signal` ends the wait. */
  async becomesReady(crashes: number, signal: AbortSignal): Promise<boolean> {
    await this.#until(() => this.ready || this.unhealthy || this.crashes >= crashes, signal);
    return this.ready;
  }

  /** Counts a request in. Returns what counts it out. */
  enter(): () => void {
    this.#requests++;
    return () => {
      this.#requests--;
      this.#wake();
    };
  }

  /** Waits for the requests under way, `patience` milliseconds at most, and ends it. */
  async drain(patience: number): Promise<void> {
    await this.#until(() => this.#requests === 0, AbortSignal.timeout(patience));
    await this.stop();
  }

  /** Ends it within `patience` milliseconds. Default: its grace period. */
  async stop(patience = this.#options.grace): Promise<void> {
    this.#end.abort();
    this.#change(false);
    await this.#process?.stop("SIGTERM", patience);
    await this.#done;
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#end;
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const started = Date.now();
      const { ending, last } = await this.#runOnce();
      if (signal.aborted) return;
      this.crashes++;
      this.#options.crashed(ending, last);
      this.#change(false);
      if (Date.now() - started > RECOVERED) pause = FIRST_PAUSE;
      await delay(pause, undefined, { signal });
    }
  }

  async #runOnce(): Promise<{ ending: Ending; last: string[] }> {
    const options = this.#options;
    const last: string[] = [];
    const said = (lines: string[]) => {
      last.push(...lines);
      last.splice(0, last.length - REMEMBERED_LINES);
      options.said(lines);
    };
    this.port = await freePort();
    const env = { ...options.env, PORT: String(this.port) };
    const ending = await withShell({ ...options, env, said }, async (process) => {
      const run = new AbortController();
      this.#process = process;
      if (this.#end.signal.aborted) void process.stop("SIGTERM", options.grace);
      this.#watch(process, run.signal).catch(() => {}); // ends with the process
      const ending = await process.exited;
      this.#process = undefined;
      run.abort();
      return ending;
    });
    return { ending, last };
  }

  async #watch(process: RunningProcess, signal: AbortSignal): Promise<void> {
    const { readiness, liveness, said } = this.#options;
    if (!readiness) {
      await delay(MOMENT, undefined, { signal });
      this.#change(true);
    } else if ((await judge(readiness, this.port, signal)) === "passed") {
      this.#change(true);
      const follow = watchOver(readiness, this.port, signal, (verdict) => this.#change(verdict === "passed"));
      follow.catch(() => {});
    } else {
      said([`health check of ${readiness.path ?? "the port"} failed: terminating`]);
      this.unhealthy = true;
      this.#wake();
      await process.stop("SIGTERM", this.#options.grace);
      return;
    }
    if (!liveness) return;
    await watchOver(liveness, this.port, signal, (verdict) => {
      if (verdict === "passed") return;
      said([`liveness check of ${liveness.path ?? "the port"} failed: restarting`]);
      void process.stop("SIGTERM", this.#options.grace);
    });
  }

  #change(ready: boolean): void {
    this.ready = ready && !this.#end.signal.aborted;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds() && !signal.aborted)
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener("abort", wake);
      });
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
