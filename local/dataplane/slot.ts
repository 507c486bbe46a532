import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Authority } from "../certificates.ts";
import { BackupSchedule, type DailyTime } from "./backup-schedule.ts";
import { certificateIn } from "./certificate.ts";
import type { Serving } from "./dataplane.ts";
import {
  type DatabaseServer,
  type Engine,
  ProgramMissing,
  type ServerEvent,
  type ServerSpec,
} from "./engine.ts";
import { type Front, openFront } from "./front.ts";
import { makePrivateFolder } from "./programs.ts";

/** What the store says of a server that there is to be. */
export interface Wish extends Omit<ServerSpec, "tls" | "ca" | "isMade"> {
  readonly engine: string;
  /** Default: no backups. */
  readonly backupTime?: DailyTime | undefined;
}

export interface SlotParts {
  id: string;
  folder: string;
  engine: Engine;
  authority: Authority;
  /** Whether a client may connect to the cluster or replica of this id. */
  admits(id: string, client: Socket): boolean;
  serverOf(id: string): DatabaseServer | undefined;
  /** Resolves when nothing is being done about the server of this id. */
  ready(id: string): Promise<void>;
  /** Whether it has been brought up before. */
  wasMade(): boolean;
  /** It has been brought up for the first time. */
  made(): void;
  report(event: ServerEvent): void;
  log(line: string): void;
}

/** Milliseconds between tries: the first, and the longest. */
const RETRY = 5_000;
const LONGEST_RETRY = 60_000;
/** How long a change under way may take once the cloud is told to stop. */
const PATIENCE = 10_000;

/** One server with its fronts, from its first wish to its end. Its changes happen one after the other. */
export class Slot {
  readonly engine: Engine;
  readonly server: DatabaseServer;
  /** Resolves when nothing is being done: the server is as wished, or waits for another try. */
  work: Promise<void> = Promise.resolve();
  readonly #parts: SlotParts;
  readonly #backups: BackupSchedule;
  #wanted: Wish | undefined;
  #applied: Wish | undefined;
  #fronts: Front[] = [];
  #why: string | undefined;
  #isMissing = false;
  #isAtWork = false;
  #retryIn = RETRY;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: SlotParts) {
    this.#parts = parts;
    this.engine = parts.engine;
    mkdirSync(parts.folder, { recursive: true, mode: 0o711 });
    const folder = join(parts.folder, "data");
    makePrivateFolder(folder);
    const { serverOf, report, log } = parts;
    this.server = parts.engine.server({ folder, serverOf, report, log });
    this.#backups = new BackupSchedule(this.server, log);
  }

  get serving(): Serving {
    const why = this.#why === undefined ? {} : { why: this.#why };
    if (this.#isMissing) return { state: "unserved", ...why };
    const isUp = this.#applied && this.#wanted && hasSameShape(this.#applied, this.#wanted);
    return { state: isUp ? "serving" : "starting", ...why };
  }

  wish(wish: Wish): void {
    if (this.#isClosed || isDeepStrictEqual(wish, this.#wanted)) return;
    this.#wanted = wish;
    this.#retryIn = RETRY;
    this.#start();
  }

  /** Whether it is being made of another's data right now. */
  isMadeOf(id: string): boolean {
    return this.#wanted?.source?.cluster === id && !this.#applied;
  }

  /** Stops the server; the data stay. */
  async close(): Promise<void> {
    await this.#end();
    await this.server.stop();
  }

  async destroy(): Promise<void> {
    const { folder, log } = this.#parts;
    try {
      await this.#end();
      await this.server.destroy();
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      log(`could not be taken down; the next start of the cloud tries again: ${messageOf(error)}`);
    }
  }

  /** Nothing more is begun, and nobody is let in. */
  async #end(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#backups.close();
    await Promise.race([this.work, delay(PATIENCE, undefined, { ref: false })]);
    await Promise.all(this.#fronts.map((front) => front.close()));
  }

  #start(): void {
    clearTimeout(this.#retry);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    this.work = this.#work();
  }

  async #work(): Promise<void> {
    for (let wish = this.#wanted; wish && wish !== this.#applied && !this.#isClosed; wish = this.#wanted) {
      try {
        await this.#apply(wish);
        this.#applied = wish;
        this.#why = undefined;
        this.#retryIn = RETRY;
      } catch (error) {
        this.#failed(error);
        if (this.#isMissing) this.#applied = wish;
        else if (wish === this.#wanted) {
          this.#retryLater();
          break;
        }
      }
    }
    this.#isAtWork = false;
  }

  async #apply(wish: Wish): Promise<void> {
    const { id, folder, authority, admits, ready, wasMade, made } = this.#parts;
    if (wish.source) await ready(wish.source.cluster);
    const { engine: _, backupTime, ...spec } = wish;
    const hosts = [spec.place.host, spec.place.privateHost];
    const tls = certificateIn(join(folder, "certificate.json"), authority, hosts);
    const isMade = wasMade();
    await this.server.apply({ ...spec, isMade, tls, ca: authority.certificate });
    if (this.#isClosed) return;
    if (!isMade) made();
    const isAdmitted = (client: Socket) => admits(id, client);
    for (const port of this.engine.ports.slice(this.#fronts.length))
      this.#fronts.push(
        await openFront({ hosts, port, admits: isAdmitted, connect: () => this.server.connect(port) }),
      );
    this.#isMissing = false;
    this.#backups.at(backupTime);
  }

  #failed(error: unknown): void {
    const why = messageOf(error);
    this.#isMissing = error instanceof ProgramMissing;
    if (why !== this.#why)
      this.#parts.log(this.#isMissing ? `is not served: ${why}` : `can't be brought up: ${why}`);
    this.#why = why;
  }

  #retryLater(): void {
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => this.#start(), this.#retryIn).unref();
    this.#retryIn = Math.min(2 * this.#retryIn, LONGEST_RETRY);
  }
}

/** Whether two wishes differ only in what an online cluster takes on as it runs. */
const hasSameShape = (one: Wish, other: Wish): boolean =>
  one.version === other.version && one.nodes === other.nodes && one.memoryMib === other.memoryMib;

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ");
