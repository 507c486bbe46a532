import type { DatabaseServer } from "./engine.ts";

/** A time of day, UTC. */
export interface DailyTime {
  readonly hour: number;
  readonly minute: number;
}

const DAY = 24 * 3600 * 1000;
/** When a backup that failed is tried again, in milliseconds. */
const RETRY = 60_000;

/** Makes a server's first backup as soon as there is none, and then one a day. */
export class BackupSchedule {
  readonly #server: DatabaseServer;
  readonly #log: (line: string) => void;
  #time: DailyTime | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAtWork = false;
  #isClosed = false;

  constructor(server: DatabaseServer, log: (line: string) => void) {
    this.#server = server;
    this.#log = log;
  }

  /** From now on at this time of day; undefined for never. The server must be up. */
  at(time: DailyTime | undefined): void {
    this.#time = time;
    this.#plan();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#time || this.#isAtWork || this.#isClosed) return;
    const last = this.#server.backups().at(-1);
    const due = last ? nextAfter(last.startedAt, this.#time) : Date.now();
    this.#timer = setTimeout(() => this.#backUp(), Math.max(0, due - Date.now())).unref();
  }

  async #backUp(): Promise<void> {
    this.#isAtWork = true;
    try {
      await this.#server.backUp();
      this.#isAtWork = false;
      this.#plan();
    } catch (error) {
      this.#isAtWork = false;
      if (this.#isClosed) return;
      this.#log(`could not be backed up: ${error instanceof Error ? error.message : String(error)}`);
      this.#timer = setTimeout(() => this.#backUp(), RETRY).unref();
    }
  }
}

/** The first such time of day after a moment, milliseconds since the epoch. */
export function nextAfter(moment: number, { hour, minute }: DailyTime): number {
  const today = new Date(moment).setUTCHours(hour, minute, 0, 0);
  return today > moment ? today : today + DAY;
}
