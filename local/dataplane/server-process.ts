import { readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./ports.ts";
import { endLeftover, type RunningProcess, startProcess } from "./process.ts";
import { serverIdentity } from "./programs.ts";

/** How one kind of server behaves as a process. */
export interface ServerKind {
  /** Of the note of its process. */
  readonly name: string;
  /** What ends it in order, its data whole. */
  readonly endSignal: NodeJS.Signals;
  /** What ends it at once; its data may be in any order. */
  readonly quitSignal: NodeJS.Signals;
  /** Milliseconds that it has for either. */
  readonly patience: number;
  /** Why it did not come up, from what it printed since it was started. */
  failure(printed: string): Error;
  /** Failures that pass by themselves, such as that its port became another program's between being found and being taken. */
  readonly passing: RegExp;
}

/** One attempt to start a server. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** As in `ProcessOptions`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it serves by now: asked until it does, or has ended. What this throws ends the attempt. */
  isUp(pid: number): boolean | Promise<boolean>;
}

const LOG_LIMIT = 16 * 1024 * 1024;
/** Milliseconds between two looks, between two attempts, and in which what makes attempts fail must have passed. */
const POLL = 20;
const PAUSE = 200;
const PATIENCE = 20_000;

/** A server's process: one at a time, on a port of 127.0.0.1. Its note and its log lie in its folder. */
export class ServerProcess {
  readonly #folder: string;
  readonly #kind: ServerKind;
  #process: RunningProcess | undefined;
  #isUp = false;
  #port = 0;
  /** Told when it ends though nobody stopped it, once it has served. */
  onCrash: () => void = () => {};

  constructor(folder: string, kind: ServerKind) {
    this.#folder = folder;
    this.#kind = kind;
  }

  /** From its start on, before it serves as well. */
  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Where it was last started. */
  get port(): number {
    return this.#port;
  }

  /** What it has printed, as far as that is kept. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  get #log(): string {
    return join(this.#folder, "log");
  }

  /**
   * Starts it on a free port; done when it serves. What a killed cloud left of it is ended first.
   * @param prepare makes what it needs to run on that port
   * @throws the kind's failure when it ends before it serves
   */
  protected async start(prepare: (port: number) => Launch): Promise<void> {
    const { name, endSignal, passing } = this.#kind;
    await endLeftover(this.#folder, name, endSignal);
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await this.#attempt(await freePort(), prepare);
      } catch (error) {
        if (!passing.test(String(error)) || Date.now() > deadline) throw error;
        await delay(PAUSE);
      }
    }
  }

  async #attempt(port: number, prepare: (port: number) => Launch): Promise<void> {
    const { isUp, ...program } = prepare(port);
    const log = this.#log;
    const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LOG_LIMIT) truncateSync(log);
    const before = size > LOG_LIMIT ? 0 : size;
    const running = await startProcess({
      ...program,
      folder: this.#folder,
      name: this.#kind.name,
      identity: serverIdentity,
      log,
    });
    this.#process = running;
    this.#port = port;
    void running.exited.then(() => this.#ended(running));
    try {
      while (this.#process === running && !(await isUp(running.pid))) await delay(POLL);
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#process !== running) throw this.#kind.failure(readFileSync(log).subarray(before).toString());
    this.#isUp = true;
  }

  #ended(process: RunningProcess): void {
    if (this.#process !== process) return;
    const wasUp = this.#isUp;
    this.#process = undefined;
    this.#isUp = false;
    if (wasUp) this.onCrash();
  }

  /** Resolves when the running process has ended, whoever ended it. */
  async ended(): Promise<void> {
    await this.#process?.exited;
  }

  /** Ends it, or what a killed cloud left of it. */
  stop(): Promise<void> {
    return this.#end(this.#kind.endSignal);
  }

  /** The same at once, for one whose data go anyway. */
  quit(): Promise<void> {
    return this.#end(this.#kind.quitSignal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { name, patience } = this.#kind;
    const process = this.#process;
    this.#isUp = false;
    if (!process) return endLeftover(this.#folder, name, signal);
    await process.stop(signal, patience);
    if (this.#process === process) this.#process = undefined;
  }
}
