import { EventEmitter } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../../errors.ts";

export const LOG_TYPES = ["BUILD", "DEPLOY", "RUN", "RUN_RESTARTED"] as const;
export type LogType = (typeof LOG_TYPES)[number];

/** Which lines: those of one component, or of all of them. */
export interface LogQuery {
  readonly app: string;
  readonly deployment: string;
  readonly component?: string | undefined;
  readonly type: LogType;
}

/** Of each log the last one to two of this are kept. */
const MAX_BYTES = 1024 * 1024;
const MAX_LINE = 8 * 1024;
/** Deployments of an app whose logs are kept, the latest. */
const MAX_DEPLOYMENTS = 20;

/**
 * What apps print and what is told of their deployments, one file for each component and type:
 * `<component> <RFC 3339 time> <text>`, the form in which App Platform hands its logs out.
 */
export class Logs {
  readonly #folder: string;
  readonly #written = new EventEmitter().setMaxListeners(0);
  readonly #sizes = new Map<string, number>();

  /** @param folder where the files lie */
  constructor(folder: string) {
    this.#folder = folder;
  }

  write(query: LogQuery & { component: string }, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const time = new Date().toISOString();
    const text = lines.map((line) => `${query.component} ${time} ${line.slice(0, MAX_LINE)}\n`).join("");
    const file = this.#fileOf(query);
    const size = (this.#sizes.get(file) ?? sizeOf(file)) + text.length;
    if (size > MAX_BYTES) renameIfThere(file, `${file}.1`);
    mkdirSync(this.#folderOf(query), { recursive: true, mode: 0o700 });
    appendFileSync(file, text, { mode: 0o600 });
    this.#sizes.set(file, size > MAX_BYTES ? text.length : size);
    this.#written.emit(this.#folderOf(query), query, text);
  }

  /** The lines there are, in the order of their times. */
  read(query: LogQuery): string[] {
    const names = query.component ? [query.component] : this.#componentsIn(query);
    const lines = names.flatMap((component) => {
      const file = this.#fileOf({ ...query, component });
      return `${textOf(`${file}.1`)}${textOf(file)}`.split("\n").filter((line) => line !== "");
    });
    return names.length > 1 ? lines.sort((a, b) => (timeIn(a) < timeIn(b) ? -1 : 1)) : lines;
  }

  /** Calls `taken` with what is written from now on. Returns what ends that. */
  follow(query: LogQuery, taken: (text: string) => void): () => void {
    const event = this.#folderOf(query);
    const listener = (from: LogQuery, text: string) => {
      if (from.type === query.type && (!query.component || from.component === query.component)) taken(text);
    };
    this.#written.on(event, listener);
    return () => this.#written.off(event, listener);
  }

  /** Forgets the oldest deployments of an app, which begins another one. */
  makeRoom(app: string): void {
    const folder = join(this.#folder, app);
    const old = entriesOf(folder)
      .map((name) => ({ name, at: statSync(join(folder, name)).birthtimeMs }))
      .sort((a, b) => b.at - a.at)
      .slice(MAX_DEPLOYMENTS - 1);
    for (const { name } of old) rmSync(join(folder, name), { recursive: true, force: true });
  }

  forget(app: string): void {
    rmSync(join(this.#folder, app), { recursive: true, force: true });
    this.#sizes.clear();
  }

  #componentsIn(query: LogQuery): string[] {
    const suffix = `.${query.type}.log`;
    const logs = entriesOf(this.#folderOf(query)).filter((name) => name.endsWith(suffix));
    return logs.map((name) => name.slice(0, -suffix.length));
  }

  #folderOf = ({ app, deployment }: LogQuery) => join(this.#folder, app, deployment);
  #fileOf = (query: LogQuery) => join(this.#folderOf(query), `${query.component}.${query.type}.log`);
}

const timeIn = (line: string) => line.split(" ", 2)[1] ?? "";
const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
