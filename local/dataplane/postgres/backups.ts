import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Backup } from "../engine.ts";
import { Turns } from "../turns.ts";
import type { Archive } from "./archive.ts";
import { takeBaseBackup } from "./base-backup.ts";
import { writeDurably } from "./files.ts";
import { type PostgresNode, WAL_SEGMENT_MIB } from "./node.ts";
import { parseLsn } from "./wal.ts";

/** A base backup, and what a recovery from it has to know. */
export interface PostgresBackup extends Backup {
  /** Major version. */
  readonly version: string;
  readonly startLsn: string;
  readonly endLsn: string;
  readonly timeline: number;
  readonly segmentBytes: number;
}

/** Days that the platform keeps backups and their log. */
const RETENTION = 7 * 86_400_000;
const FACTS = "backup.json";

/** The base backups of one cluster: a folder each, which has its facts once it is whole. */
export class Backups {
  readonly folder: string;
  readonly #archive: (version: string) => Archive;
  readonly #turns = new Turns();

  /** @param archive the log of a major version, of which no more is kept than the backups need */
  constructor(folder: string, archive: (version: string) => Archive) {
    this.folder = folder;
    this.#archive = archive;
  }

  /** Oldest first. */
  list(): PostgresBackup[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((id) => existsSync(join(this.folder, id, FACTS)))
      .map((id): PostgresBackup => JSON.parse(readFileSync(join(this.folder, id, FACTS), "utf8")))
      .sort((a, b) => a.endedAt - b.endedAt);
  }

  dataOf(backup: Backup): string {
    return join(this.folder, backup.id, "data");
  }

  /** Makes one of a running server; afterwards none is older than the platform keeps, nor the log. */
  take(node: PostgresNode): Promise<PostgresBackup> {
    return this.#turns.take(async () => {
      const backup = await this.#take(node);
      const [oldest = backup] = this.prune().filter(({ version }) => version === backup.version);
      this.#archive(backup.version).prune(parseLsn(oldest.startLsn), BigInt(backup.segmentBytes));
      return backup;
    });
  }

  /** Resolves when none is being made. */
  idle(): Promise<void> {
    return this.#turns.take(async () => {});
  }

  /** What an interrupted attempt left is deleted. */
  async #take({ folder, port, program }: PostgresNode): Promise<PostgresBackup> {
    this.#clear();
    const startedAt = Date.now();
    const id = `${new Date(startedAt).toISOString().replace(/[-:.]/g, "")}-${randomBytes(3).toString("hex")}`;
    const draft = join(this.folder, `${id}.new`);
    mkdirSync(join(draft, "data"), { recursive: true, mode: 0o700 });
    const base = await takeBaseBackup({ folder, port }, join(draft, "data"), true);
    const segmentBytes = WAL_SEGMENT_MIB * 1024 * 1024;
    const backup = { id, startedAt, endedAt: Date.now(), version: program.major, segmentBytes, ...base };
    writeDurably(join(draft, FACTS), JSON.stringify(backup));
    renameSync(draft, join(this.folder, id));
    return backup;
  }

  /** Deletes what is older than the platform keeps, never the newest. Returns what is left. */
  prune(now = Date.now()): PostgresBackup[] {
    const all = this.list();
    const kept = all.filter((backup, index) => backup.endedAt > now - RETENTION || index === all.length - 1);
    for (const backup of all) if (!kept.includes(backup)) this.remove(backup);
    return kept;
  }

  remove(backup: Backup): void {
    // Without its facts it is none any more, also when the rest takes a while, or is never done.
    rmSync(join(this.folder, backup.id, FACTS), { force: true });
    rmSync(join(this.folder, backup.id), { recursive: true, force: true });
  }

  #clear(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(this.folder))
      if (!existsSync(join(this.folder, entry, FACTS)) || entry.endsWith(".new"))
        rmSync(join(this.folder, entry), { recursive: true, force: true });
  }
}
