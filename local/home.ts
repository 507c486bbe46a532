import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Authority, makeAuthority } from "./certificates.ts";
import { DiskFullError, StartError, systemCode } from "./errors.ts";
import { newKey } from "./spaces/keys.ts";
import type { Credentials } from "./spaces/signature.ts";

/** The files of a local cloud in its state folder `BREAKWATER_HOME`. */
export interface Home {
  readonly folder: string;
  /** The store: everything that exists in the cloud. */
  readonly store: string;
  /** The bearer token that every API call needs. */
  readonly token: string;
  /** The key that encrypts SECRET values. */
  readonly key: string;
  /** The certificate authority of the databases, with its key. */
  readonly authority: string;
  /** The account's full-access Spaces key: `{accessKeyId, secretAccessKey}`. */
  readonly spacesKey: string;
  /** The folder of the objects' content. */
  readonly spaces: string;
  /** Which addresses of this machine are the cloud's. */
  readonly network: string;
  /** `{pid, url, startedAt, spaces}` of the running cloud. */
  readonly address: string;
  /** Written by whoever starts the cloud: its stdout and stderr. */
  readonly log: string;
}

const AUTHORITY_NAME = "Breakwater local cloud CA";

/** @param root BREAKWATER_HOME; the cloud's own files lie in `cloud/` below it. */
export function homeOf(root: string): Home {
  const folder = join(root, "cloud");
  const file = (name: string) => join(folder, name);
  return {
    folder,
    store: file("store.db"),
    token: file("token"),
    key: file("secret.key"),
    authority: file("authority.pem"),
    spacesKey: file("spaces-key.json"),
    spaces: file("spaces"),
    network: file("network.json"),
    address: file("cloud.json"),
    log: file("cloud.log"),
  };
}

/** What a cloud has in its folder before it can start. */
interface Opened {
  token: string;
  key: Buffer;
  authority: Authority;
  spacesKey: Credentials;
}

/** Makes the folder (0700) with its token, key and authority (0600) where they are missing. */
export function openHome(home: Home): Opened {
  try {
    mkdirSync(home.folder, { recursive: true, mode: 0o700 });
    chmodSync(home.folder, 0o700);
    closeSync(openSync(home.store, "a", 0o600)); // SQLite's further files take over its mode
    const token = madeOnce(home.token, () => `dop_v1_10ca1${randomBytes(30).toString("hex").slice(1)}`);
    if (!/^\S+$/.test(token)) throw damaged(home.token);
    const key = Buffer.from(
      madeOnce(home.key, () => randomBytes(32).toString("hex")),
      "hex",
    );
    if (key.length !== 32) throw damaged(home.key);
    const authority = madeOnce(home.authority, () => makeAuthority(AUTHORITY_NAME));
    const spacesKey = madeOnce(home.spacesKey, () => JSON.stringify(newKey()));
    return {
      token,
      key,
      authority: authorityOf(authority, home.authority),
      spacesKey: credentialsOf(spacesKey, home.spacesKey),
    };
  } catch (error) {
    throw folderError(error, home.folder);
  }
}

function authorityOf(pem: string, file: string): Authority {
  try {
    return new Authority(pem, AUTHORITY_NAME);
  } catch {
    throw damaged(file);
  }
}

function credentialsOf(json: string, file: string): Credentials {
  try {
    const { accessKeyId, secretAccessKey }: Partial<Credentials> = JSON.parse(json);
    if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
  } catch {}
  throw damaged(file);
}

const damaged = (file: string) =>
  new StartError(`${file} is damaged: restore it from a copy, or start afresh with "npm stop -- --reset".`);

/** Replaces `file` as a whole: a reader sees the old or the new content, also after a crash. */
export function writeWhole(file: string, content: string): void {
  const draft = writeDraft(file, content);
  renameSync(draft, file);
}

function madeOnce(file: string, make: () => string): string {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
  const draft = writeDraft(file, `${make().trimEnd()}\n`);
  try {
    linkSync(draft, file); // unlike a rename it never replaces what another process made in the meantime
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, "utf8").trimEnd();
}

function writeDraft(file: string, content: string): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const handle = openSync(draft, "wx", 0o600);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return draft;
}

/** What the user reads when the folder or its disk is the reason that the cloud can't start. */
export function folderError(error: unknown, folder: string): Error {
  switch (error instanceof DiskFullError ? "ENOSPC" : systemCode(error)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOENT": // what a recursive mkdir says of a read-only file system
      return new StartError(
        `The state folder ${folder} cannot be written: give yourself the right to, or set BREAKWATER_HOME to another folder.`,
      );
    case "ENOTDIR":
    case "EEXIST":
      return new StartError(
        `The state folder ${folder} cannot be made: a file is in its place. Move it away, or set BREAKWATER_HOME to another folder.`,
      );
    case "ENOSPC":
    case "EDQUOT":
      return new StartError(`The disk that holds ${folder} is full: free some space and start again.`);
    case undefined:
      return error instanceof Error ? error : new Error(String(error));
    default:
      return new StartError(
        `The state folder ${folder} cannot be used (${String(error)}): set BREAKWATER_HOME to another folder.`,
      );
  }
}
