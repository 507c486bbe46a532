import type { DatabaseSync, StatementSync } from "node:sqlite";
import { DiskFullError, StartError } from "./errors.ts";

/** The layout of the store. A store written by a later layout is refused, never touched. */
export const SCHEMA_VERSION = 3;

/** What every stored object has, whatever its kind. */
export interface Stored {
  readonly kind: string;
  /** Made by the cloud, never by a client: what an object owns is found by it, whatever the kind. */
  readonly id: string;
  /** The id of the object that owns it, "" at the top level. It goes when its owner goes. */
  readonly parent: string;
  readonly name: string;
  /** Milliseconds since the epoch. States over time are computed from it, so they survive a restart. */
  readonly createdAt: number;
  /** `do:<type>:<id>`, for what can be a member of a VPC or a project, or carry a tag. */
  readonly urn?: string;
  /** It is being deleted, and readers find it until it is gone. */
  readonly leaving?: true;
}
export type Saved<T> = T & Stored;
export type Draft<T> = T & { name: string };

/** What one object can be to another; `holder` points at `target`. */
export type Relation = "vpc" | "project" | "tag" | "certificate";
export interface Link {
  readonly holder: string;
  readonly target: string;
  readonly since: number;
}

export interface Happening {
  readonly at: number;
  readonly what: string;
}

/** The objects of Spaces, of which there can be many: spaces/entries.ts and spaces/uploads.ts read and write them. */
const SPACES = `
  CREATE TABLE entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
    latest INTEGER NOT NULL, marker INTEGER NOT NULL, modified INTEGER NOT NULL, replaced INTEGER,
    size INTEGER NOT NULL, etag TEXT NOT NULL, content TEXT NOT NULL);
  CREATE UNIQUE INDEX entry_version ON entry (bucket, key, version);
  CREATE INDEX entry_order ON entry (bucket, key, seq DESC);
  CREATE UNIQUE INDEX entry_latest ON entry (bucket, key) WHERE latest = 1;
  CREATE INDEX entry_modified ON entry (bucket, modified) WHERE latest = 1 AND marker = 0;
  CREATE INDEX entry_replaced ON entry (bucket, replaced) WHERE latest = 0;
  CREATE INDEX entry_marker ON entry (bucket, key) WHERE latest = 1 AND marker = 1;
  CREATE TABLE upload (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, bucket TEXT NOT NULL, key TEXT NOT NULL, started INTEGER NOT NULL, content TEXT NOT NULL);
  CREATE INDEX upload_order ON upload (bucket, key, seq);
  CREATE TABLE part (
    upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;
`;

const LAYOUT = `
  CREATE TABLE object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL,
    name TEXT NOT NULL, urn TEXT, body TEXT NOT NULL, created_at INTEGER NOT NULL, gone_at INTEGER,
    leaving INTEGER NOT NULL DEFAULT 0);
  CREATE UNIQUE INDEX object_id ON object (kind, parent, id) WHERE gone_at IS NULL;
  CREATE INDEX object_name ON object (kind, name);
  CREATE INDEX object_parent ON object (parent);
  CREATE INDEX object_urn ON object (urn) WHERE urn IS NOT NULL;
  CREATE INDEX object_gone ON object (gone_at) WHERE gone_at IS NOT NULL;
  CREATE TABLE link (
    relation TEXT NOT NULL, holder TEXT NOT NULL, target TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (relation, holder, target)) WITHOUT ROWID;
  CREATE INDEX link_target ON link (relation, target);
  CREATE TABLE happening (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL);
  ${SPACES}
`;

/** What brings a store of an earlier layout to the next one. */
const MIGRATIONS: Record<number, string> = {
  1: "ALTER TABLE object ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0;",
  2: SPACES,
};

/** What readers find. */
const VISIBLE = "(gone_at IS NULL OR leaving = 1)";

export type Row = Record<string, unknown>;

/**
 * All that the cloud knows, in one SQLite file. A write is durable when `transaction` returns (write-ahead log,
 * synchronous FULL). The file is locked for as long as it is open: the lock is the operating system's, so a
 * killed process leaves none behind.
 */
export class Store {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#db = open(file);
  }

  close(): void {
    this.#db.close();
  }

  /** Runs `work` and commits what it wrote, or nothing of it when it throws. */
  transaction<R>(work: () => R): R {
    try {
      this.#db.exec("BEGIN");
      const result = work();
      this.#db.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      if (sqliteCode(error) === SQLITE_FULL) throw new DiskFullError();
      throw error;
    }
  }

  insert<T extends object>(object: Saved<T>): void {
    const { kind, id, parent, name, createdAt, urn, leaving: _, ...body } = object;
    this.run(
      "INSERT INTO object (kind, parent, id, name, urn, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      kind,
      parent,
      id,
      name,
      urn ?? null,
      JSON.stringify(body),
      createdAt,
    );
  }

  update<T extends object>(object: Saved<T>): void {
    const { kind, id, parent, name, createdAt: _, urn: __, leaving: ___, ...body } = object;
    this.run(
      `UPDATE object SET name = ?, body = ? WHERE kind = ? AND parent = ? AND id = ? AND ${VISIBLE}`,
      name,
      JSON.stringify(body),
      kind,
      parent,
      id,
    );
  }

  get<T extends object>(kind: string, parent: string, id: string): Saved<T> | undefined {
    const rows = this.all(
      `SELECT * FROM object WHERE kind = ? AND parent = ? AND id = ? AND ${VISIBLE}`,
      kind,
      parent,
      id,
    );
    return rows[0] && saved<T>(rows[0]);
  }

  /** In the order of creation. */
  list<T extends object>(kind: string, parent: string): Saved<T>[] {
    return this.all(
      `SELECT * FROM object WHERE kind = ? AND parent = ? AND ${VISIBLE} ORDER BY seq`,
      kind,
      parent,
    ).map(saved<T>);
  }

  named<T extends object>(kind: string, parent: string, name: string): Saved<T> | undefined {
    const rows = this.all(
      `SELECT * FROM object WHERE kind = ? AND parent = ? AND name = ? AND ${VISIBLE}`,
      kind,
      parent,
      name,
    );
    return rows[0] && saved<T>(rows[0]);
  }

  /** Everything that exists, whatever its kind and owner, in the order of creation; not what is being taken down. */
  contents(): Pick<Stored, "kind" | "id" | "parent" | "name">[] {
    return this.all("SELECT * FROM object WHERE gone_at IS NULL ORDER BY seq")
      .map(saved<object>)
      .map(({ kind, id, parent, name }) => ({ kind, id, parent, name }));
  }

  /** The object behind a URN, also while it is being taken down. */
  byUrn<T extends object>(urn: string): Saved<T> | undefined {
    const rows = this.all("SELECT * FROM object WHERE urn = ? ORDER BY gone_at IS NOT NULL, seq", urn);
    return rows[0] && saved<T>(rows[0]);
  }

  /** Every object with a URN of this type, whatever its kind and owner. */
  withUrn<T extends object>(type: string): Saved<T>[] {
    return this.all(`SELECT * FROM object WHERE urn GLOB ? AND ${VISIBLE} ORDER BY seq`, `do:${type}:*`).map(
      saved<T>,
    );
  }

  /**
   * Takes an object and what it owns away at once for every reader; its relations stay until `goneAt`, as a
   * member of a VPC does on the platform while it is torn down. With `visible` readers find it until then.
   */
  remove(object: Stored, goneAt: number, visible = false): void {
    for (const child of this.all(`SELECT * FROM object WHERE parent = ? AND ${VISIBLE}`, object.id))
      this.remove(saved<object>(child), goneAt, visible);
    this.run(
      `UPDATE object SET gone_at = ?, leaving = ? WHERE kind = ? AND parent = ? AND id = ? AND ${VISIBLE}`,
      goneAt,
      visible ? 1 : 0,
      object.kind,
      object.parent,
      object.id,
    );
  }

  /** Forgets what has finished going by `now`, with its relations. */
  sweep(now: number): void {
    if (this.all("SELECT 1 FROM object WHERE gone_at <= ? LIMIT 1", now).length === 0) return;
    this.run(
      `DELETE FROM link WHERE holder IN (SELECT urn FROM object WHERE gone_at <= ?)
       AND holder NOT IN (SELECT urn FROM object WHERE urn IS NOT NULL AND gone_at IS NULL)`,
      now,
    );
    this.run("DELETE FROM object WHERE gone_at <= ?", now);
  }

  link(relation: Relation, holder: string, target: string, since: number): void {
    this.run(
      "INSERT OR IGNORE INTO link (relation, holder, target, since) VALUES (?, ?, ?, ?)",
      relation,
      holder,
      target,
      since,
    );
  }

  unlink(relation: Relation, holder: string, target?: string): void {
    if (target === undefined)
      this.run("DELETE FROM link WHERE relation = ? AND holder = ?", relation, holder);
    else
      this.run("DELETE FROM link WHERE relation = ? AND holder = ? AND target = ?", relation, holder, target);
  }

  /** Who points at `target` at time `now`, oldest relation first. */
  holders(relation: Relation, target: string, now: number): Link[] {
    return this.all(
      `SELECT * FROM link WHERE relation = ? AND target = ?
       AND EXISTS (SELECT 1 FROM object WHERE urn = holder AND (gone_at IS NULL OR gone_at > ?)) ORDER BY since, holder`,
      relation,
      target,
      now,
    ).map(link);
  }

  /** What `holder` points at, oldest relation first. */
  targets(relation: Relation, holder: string): Link[] {
    return this.all(
      "SELECT * FROM link WHERE relation = ? AND holder = ? ORDER BY since, target",
      relation,
      holder,
    ).map(link);
  }

  /** Notes a change for the console; the last 200 are kept. */
  note(at: number, what: string): void {
    this.run("INSERT INTO happening (at, what) VALUES (?, ?)", at, what);
    this.run("DELETE FROM happening WHERE seq <= (SELECT max(seq) FROM happening) - 200");
  }

  /** Newest first. */
  happenings(limit: number): Happening[] {
    return this.all("SELECT at, what FROM happening ORDER BY seq DESC LIMIT ?", limit).map((row) => ({
      at: Number(row.at),
      what: String(row.what),
    }));
  }

  /** How many objects were ever inserted, those included that are gone. */
  inserted(): number {
    return Number(this.all("SELECT seq FROM sqlite_sequence WHERE name = 'object'")[0]?.seq ?? 0);
  }

  isEmpty(): boolean {
    return this.all("SELECT 1 FROM object LIMIT 1").length === 0;
  }

  clear(): void {
    for (const table of ["object", "link", "happening", "entry", "upload", "part"])
      this.run(`DELETE FROM ${table}`);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /** One statement on tables that the store has no words for. */
  run(sql: string, ...values: (string | number | null)[]): void {
    this.#statement(sql).run(...values);
  }

  all(sql: string, ...values: (string | number | null)[]): Row[] {
    return this.#statement(sql).all(...values);
  }
}

function saved<T extends object>(row: Row): Saved<T> {
  return {
    ...JSON.parse(String(row.body)),
    kind: row.kind,
    id: row.id,
    parent: row.parent,
    name: row.name,
    createdAt: row.created_at,
    ...(row.urn === null ? {} : { urn: row.urn }),
    ...(row.leaving === 1 ? { leaving: true } : {}),
  };
}

const link = (row: Row): Link => ({
  holder: String(row.holder),
  target: String(row.target),
  since: Number(row.since),
});

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** SQLite's primary result code (https://sqlite.org/rescode.html), when the error is one of SQLite's. */
function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

function open(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new (sqlite().DatabaseSync)(file);
    // Exclusive before the first access in WAL mode: the lock is held from then on, and no shared-memory file is made.
    db.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0",
    );
    migrate(db, file);
    return db;
  } catch (error) {
    db?.close();
    throw startError(error, file);
  }
}

function migrate(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (version > SCHEMA_VERSION)
    throw new StartError(
      `The state in ${file} was written by a newer Breakwater (layout ${version}, this one knows ${SCHEMA_VERSION}): update Breakwater, or set BREAKWATER_HOME to another folder.`,
    );
  const steps =
    version === 0
      ? LAYOUT
      : Object.entries(MIGRATIONS)
          .filter(([from]) => Number(from) >= version)
          .map(([, step]) => step)
          .join(" ");
  const verdict = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (verdict !== "ok") throw damaged(file, String(verdict).replaceAll("\n", " "));
  if (steps !== "") db.exec(`BEGIN; ${steps} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

const damaged = (file: string, why: string) =>
  new StartError(
    `The state in ${file} is damaged (${why}): restore it from a copy, or start afresh with "npm stop -- --reset".`,
  );

function startError(error: unknown, file: string): Error {
  switch (sqliteCode(error)) {
    case SQLITE_BUSY:
      return new StartError(
        `Another local cloud is using ${file}: stop it with "npm stop", or set BREAKWATER_HOME to another folder.`,
      );
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return damaged(file, error instanceof Error ? error.message : "unreadable");
    case SQLITE_FULL:
      return new DiskFullError();
    case SQLITE_CANTOPEN:
      return new StartError(
        `${file} cannot be opened: check that the folder exists and that you may write to it.`,
      );
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

/** Loads node:sqlite without its "experimental" warning, and without hiding any other warning. */
function sqlite(): typeof import("node:sqlite") {
  const emit = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emit;
  }
}
