import { setTimeout as delay } from "node:timers/promises";
import { Turns } from "./turns.ts";

/** Milliseconds between attempts to start what does not start: at first, and at most. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 30_000;

/** Something that runs, such as a process. */
interface Kept {
  readonly isRunning: boolean;
  /** Resolves when it has ended, whoever ended it. */
  ended(): Promise<void>;
}

/** Starts a process again that ended without having been stopped, and lets one thing at a time be done to it. */
export class Keeper {
  readonly #kept: Kept;
  readonly #log: (line: string) => void;
  #start: (() => Promise<void>) | undefined;
  readonly #turns = new Turns();

  constructor(kept: Kept, log: (line: string) => void) {
    this.#kept = kept;
    this.#log = log;
  }

  /** Runs an action when those before it are done. */
  inTurn<T>(action: () => Promise<T>): Promise<T> {
    return this.#turns.take(action);
  }

  /** From now on it is to run, started like this. To be called in turn, as all below. */
  async keep(start: () => Promise<void>): Promise<void> {
    this.#start = start;
    if (!this.#kept.isRunning) await this.#begin(start);
  }

  /** From now on it may end. */
  release(): void {
    this.#start = undefined;
  }

  async #begin(start: () => Promise<void>): Promise<void> {
    await start();
    void this.#kept.ended().then(() => this.#revive());
  }

  async #revive(): Promise<void> {
    for (let wait = FIRST_WAIT; this.#isMissed; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        await this.inTurn(async () => {
          if (!this.#start || !this.#isMissed) return;
          this.#log("a server has ended unexpectedly: starting it again");
          await this.#begin(this.#start);
        });
      } catch (error) {
        this.#log(error instanceof Error ? error.message : String(error));
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  get #isMissed(): boolean {
    return this.#start !== undefined && !this.#kept.isRunning;
  }
}
