import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { inside } from "../../local/dataplane/postgres/control.ts";
import { MANIFEST } from "../../local/dataplane/postgres/manifest.ts";
import { dataFolderOf } from "../../local/dataplane/programs.ts";
import { until } from "../../local/dataplane/testing.ts";

/** What a checkout's local cloud has on its disk of a PostgreSQL, its backups and its archived log included: to be damaged. */
export class Stored {
  readonly folder: string;

  /** @param below where the PostgreSQL lies in the cluster's folder: MongoDB's has one beneath. */
  constructor(home: string, clusterId: string, below = "") {
    this.folder = join(dataFolderOf(join(home, "cloud")), clusterId, "data", below);
  }

  /** Runs one statement as the superuser, in `database`. */
  async sql<Row extends pg.QueryResultRow>(text: string, database: string): Promise<Row[]> {
    const { primary } = JSON.parse(readFileSync(join(this.folder, "cluster.json"), "utf8"));
    const folder = join(this.folder, "17", String(primary));
    // The fourth line of the server's lock file is its port.
    const port = Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[3]);
    return inside({ folder, port }, async (client) => (await client.query<Row>(text)).rows, database);
  }

  get archive(): string {
    return join(this.folder, "archive", "17");
  }

  /** Ends the segment of the log that is being written. Returns its file in the archive, once it is there. */
  async endSegment(): Promise<string> {
    const [row] = await this.sql<{ name: string }>(
      "select pg_walfile_name(pg_switch_wal()) as name",
      "postgres",
    );
    const file = `${row?.name}.gz`;
    await until(() => readdirSync(this.archive).includes(file));
    return join(this.archive, file);
  }

  /**
   * Damages a table in the newest backup as a disk does that nobody noticed: the backup's list of files is made to agree.
   * @returns what undoes it
   */
  async damageBackup(table: string, database: string, damage: (file: string) => void): Promise<() => void> {
    const [row] = await this.sql<{ path: string }>(
      `select pg_relation_filepath('${table}') as path`,
      database,
    );
    const path = row?.path ?? "";
    const newest = readdirSync(join(this.folder, "backups")).sort().at(-1) ?? "";
    const data = join(this.folder, "backups", newest, "data");
    const list = join(data, MANIFEST);
    const before = [join(data, path), list].map((file) => [file, readFileSync(file)] as const);
    damage(join(data, path));
    const content = readFileSync(join(data, path));
    const files = readFileSync(list, "utf8").replace(
      new RegExp(`("Path": "${path}", "Size": )\\d+(.*?"Checksum": ")[0-9a-f]+`),
      `$1${content.length}$2${sha256(content)}`,
    );
    const end = files.lastIndexOf('"Manifest-Checksum"');
    const sum = sha256(files.slice(0, end));
    writeFileSync(list, files.slice(0, end) + files.slice(end).replace(/[0-9a-f]{64}/, sum));
    return () => {
      for (const [file, whole] of before) writeFileSync(file, whole);
    };
  }
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

const PAGE = 8192;

/** Overwrites the middle of the first page. */
export function scribble(file: string): void {
  const content = readFileSync(file);
  content.fill(0xdb, PAGE / 2, PAGE / 2 + 64);
  writeFileSync(file, content);
}

/** Takes the last page away. */
export const cutShort = (file: string): void => truncateSync(file, readFileSync(file).length - PAGE);

/** Takes a file away. @returns what brings it back */
export function takeAway(file: string): () => void {
  renameSync(file, `${file}.away`);
  return () => renameSync(`${file}.away`, file);
}
