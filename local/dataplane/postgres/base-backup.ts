import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Connection, Submittable } from "pg";
import tar from "tar-stream";
import { connectInside, type Target } from "./control.ts";
import { writeDigested } from "./files.ts";
import { checkManifest, MANIFEST, readManifest } from "./manifest.ts";

/** What a base backup is about. Positions are PostgreSQL's own (`0/3000028`). */
export interface BaseBackup {
  readonly startLsn: string;
  readonly endLsn: string;
  readonly timeline: number;
  readonly bytes: number;
}

/**
 * Copies a running server's data into `folder` over the replication protocol
 * (https://www.postgresql.org/docs/17/protocol-replication.html, BASE_BACKUP), each file checked against the server's manifest.
 * `isLasting`: done only when all of the log that it needs is archived.
 */
export async function takeBaseBackup(
  target: Target,
  folder: string,
  isLasting: boolean,
): Promise<BaseBackup> {
  const client = await connectInside(target, "postgres", { replication: "true" } as object);
  try {
    const digests = new Map<string, string>();
    const extract = tar.extract();
    const unpacking = unpack(extract, folder, digests);
    unpacking.catch(() => {}); // awaited below
    const copy = new Copy(
      `BASE_BACKUP (LABEL 'breakwater', CHECKPOINT 'fast', WAIT ${isLasting}, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`,
      extract,
    );
    client.query(copy);
    await Promise.all([copy.done, unpacking]);
    const text = Buffer.concat(copy.manifest);
    writeFileSync(join(folder, MANIFEST), text, { mode: 0o600 });
    const manifest = readManifest(text);
    checkManifest(manifest, digests);
    const [start, end] = [copy.rows[0], copy.rows.at(-1)];
    return {
      startLsn: start?.[0] ?? "",
      endLsn: end?.[0] ?? "",
      timeline: Number(start?.[1]),
      bytes: manifest.reduce((sum, file) => sum + file.bytes, 0),
    };
  } finally {
    await client.end().catch(() => {});
  }
}

/** Writes the archive's entries below `folder`, and notes the digest of each file. */
async function unpack(extract: tar.Extract, folder: string, digests: Map<string, string>): Promise<void> {
  for await (const entry of extract) {
    const { name, type } = entry.header;
    const path = join(folder, name);
    if (type === "directory") mkdirSync(path, { recursive: true, mode: 0o700 });
    else {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      digests.set(name.replace(/^\.\//, ""), await writeDigested(path, bytesOf(entry)));
    }
    entry.resume();
  }
}

async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
}

/** A command that answers with rows and a stream of copied data: npm's `pg` has no query of that kind. */
class Copy implements Submittable {
  readonly rows: string[][] = [];
  readonly manifest: Buffer[] = [];
  readonly done: Promise<void>;
  readonly #command: string;
  readonly #archive: tar.Extract;
  #isManifest = false;
  #finish: (error?: Error) => void = () => {};

  constructor(command: string, archive: tar.Extract) {
    this.#command = command;
    this.#archive = archive;
    this.done = new Promise((resolve, reject) => {
      this.#finish = (error) => (error ? reject(error) : resolve());
    });
  }

  submit(connection: Connection): void {
    connection.query(this.#command);
  }

  handleCopyData({ chunk }: { chunk: Buffer }, connection: Connection): void {
    // Copied: `pg` reads the next message into the same memory.
    const data = Buffer.from(chunk.subarray(1));
    switch (String.fromCharCode(chunk[0] ?? 0)) {
      case "m":
        this.#isManifest = true;
        return;
      case "d":
        if (this.#isManifest) this.manifest.push(data);
        else if (!this.#archive.write(data) && !connection.stream.isPaused()) {
          connection.stream.pause();
          this.#archive.once("drain", () => connection.stream.resume());
        }
    }
  }

  handleRowDescription(): void {}
  handleDataRow({ fields }: { fields: string[] }): void {
    this.rows.push(fields);
  }
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  handleReadyForQuery(): void {
    this.#archive.end(null);
    this.#finish();
  }

  handleError(error: Error): void {
    this.#archive.destroy(error);
    this.#finish(error);
  }
}
