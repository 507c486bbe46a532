import type { Ending } from "../process.ts";
import { type ShellOptions, withShell } from "./shell.ts";

export interface JobOptions extends ShellOptions {
  /** Milliseconds that it may take, and that it has after SIGTERM. */
  limit: number;
  grace: number;
}

/** Runs a command to its end; when its time is up, or at a signal, it is ended. */
export async function runJob(options: JobOptions, signal: AbortSignal): Promise<Ending> {
  signal.throwIfAborted();
  return withShell(options, async (process) => {
    const end = () => void process.stop("SIGTERM", options.grace);
    const timer = setTimeout(() => {
      options.said([`not done within ${options.limit / 1000} s: terminating`]);
      end();
    }, options.limit);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    const ending = await process.exited;
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    return ending;
  });
}
