import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import { giveToServers } from "../programs.ts";
import { beside } from "./files.ts";
import {
  type History,
  historyName,
  isSegment,
  parseHistory,
  parseSegment,
  segmentName,
  timelineOf,
} from "./wal.ts";

const unpack = promisify(gunzip);

/** Why a time can't be restored to, or a restore failed: what, and what could be restored instead. */
export class RestoreError extends Error {}

const SUFFIX = ".gz";
/** Segments that are unpacked at a time. */
const BESIDE = 4;
/** Segments that are laid ready for a recovery, at most: a day of a busy cluster's log can be more than the disk should hold twice. */
const AT_HAND = 256;

/**
 * The archived log of one cluster: every finished segment, packed (most of one that was cut off by time is zeros), with
 * gzip's checksum of its content.
 */
export class Archive {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** `archive_command`: never replaces a file by another, and returns when the new one is on the disk under its name. */
  get archiveCommand(): string {
    const folder = shell(this.folder);
    return [
      `f=${folder}/%f${SUFFIX}`,
      `if test -e "$f"; then gzip -dc "$f" | cmp -s - "%p"; exit; fi`,
      `gzip -1c "%p" > "$f.new" && sync "$f.new" && mv "$f.new" "$f" && sync ${folder}`,
    ].join("; ");
  }

  /** `restore_command`. */
  get restoreCommand(): string {
    return `f=${shell(this.folder)}/%f${SUFFIX}; test -e "$f" && gzip -dc "$f" > "%p"`;
  }

  /** The same for a recovery that `layOut` has laid segments ready for: PostgreSQL takes those once it hears that the archive has none. */
  get recoveryCommand(): string {
    return `test -e pg_wal/%f && exit 1; ${this.restoreCommand}`;
  }

  has(name: string): boolean {
    return existsSync(this.#path(name));
  }

  #names(): string[] {
    return readdirSync(this.folder)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length));
  }

  #path(name: string): string {
    return join(this.folder, name + SUFFIX);
  }

  /** The history of the newest timeline, which is the one that a recovery follows. */
  history(): History {
    const timelines = this.#names().map((name) => Number.parseInt(name.slice(0, 8), 16));
    const timeline = Math.max(1, ...timelines);
    const path = this.#path(historyName(timeline));
    return parseHistory(timeline, existsSync(path) ? gunzipSync(readFileSync(path)).toString() : "");
  }

  /**
   * Lays the log that a recovery from `start` to `until` (milliseconds; without one the whole archive) reads ready in `folder`, its `pg_wal`,
   * each segment held against what it must be. What was archived well after `until` is not read.
   * @throws RestoreError that names the first segment that is missing or damaged
   */
  async layOut(
    folder: string,
    start: bigint,
    bytes: bigint,
    until = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const needed = this.#needed(start, bytes, until);
    const status = join(folder, "archive_status");
    mkdirSync(status, { recursive: true, mode: 0o700 });
    for (const path of [folder, status]) giveToServers(path);
    await beside(BESIDE, needed.entries(), async ([index, name]) => {
      const content = await this.#segment(name, bytes);
      if (index >= AT_HAND) return;
      await writeSparsely(join(folder, name), content);
      await writeSparsely(join(status, `${name}.done`), Buffer.alloc(0)); // it is not to be archived again
    });
  }

  /** The names of the segments. @throws RestoreError when one is missing */
  #needed(start: bigint, bytes: bigint, until: number): string[] {
    const history = this.history();
    const present = this.#names().filter(isSegment);
    const last = present.reduce((most, name) => max(most, parseSegment(name, bytes).segment), -1n);
    const needed: string[] = [];
    // The commit that shows that the time has passed may be the first of the segment after the one that was open then.
    let isPast = 0;
    for (let segment = start / bytes; segment <= last && isPast < 2; segment++) {
      const name = segmentName(timelineOf(history, segment, bytes), segment, bytes);
      const file = statSync(this.#path(name), { throwIfNoEntry: false });
      if (!file)
        throw new RestoreError(
          `WAL segment ${name} is missing from the archive: nothing after it can be restored from this backup`,
        );
      needed.push(name);
      if (file.mtimeMs > until) isPast++;
    }
    if (needed.length === 0)
      throw new RestoreError(
        `WAL segment ${segmentName(history.timeline, start / bytes, bytes)} is missing from the archive, and all after it`,
      );
    return needed;
  }

  async #segment(name: string, bytes: bigint): Promise<Buffer> {
    const content = await unpack(await readFile(this.#path(name))).catch(() => undefined);
    // The first page of each says where in the log it belongs (XLogPageHeaderData.xlp_pageaddr).
    const isWhole =
      content?.length === Number(bytes) &&
      content.readBigUInt64LE(8) === parseSegment(name, bytes).segment * bytes;
    if (isWhole) return content;
    throw new RestoreError(
      `WAL segment ${name} in the archive is damaged: nothing after it can be restored from this backup`,
    );
  }

  /** Deletes what lies before a position: no backup that is kept needs it. Histories stay. */
  prune(start: bigint, bytes: bigint): void {
    for (const file of readdirSync(this.folder)) {
      const name = file.slice(0, 24);
      if (isSegment(name) && parseSegment(name, bytes).segment < start / bytes)
        rmSync(join(this.folder, file));
    }
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Writes a file for the servers. Zeros at its end, which most of a segment that was cut off by time are, take no place on the disk. */
async function writeSparsely(path: string, content: Buffer): Promise<void> {
  let end = content.length;
  while (end > 0 && isZero(content.subarray(Math.max(0, end - ZEROS.length), end)))
    end = Math.max(0, end - ZEROS.length);
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content.subarray(0, end));
    await file.truncate(content.length);
  } finally {
    await file.close();
  }
  giveToServers(path);
}

const isZero = (block: Buffer) => block.equals(ZEROS.subarray(0, block.length));

const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** Quoted for the shell, and for PostgreSQL, which puts file names in for `%f` and `%p`. */
const shell = (path: string) => `'${path.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
