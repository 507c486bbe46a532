import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, UserError } from "../errors.ts";

/** Where a stack's state lies: a folder, or a bucket. Keys are those of Pulumi's file backend, `.pulumi/stacks/...`. */
export interface Store {
  /** Keys that begin so. */
  list: (prefix: string) => Promise<string[]>;
  /** Undefined when there is no such object. */
  read: (key: string, version?: string) => Promise<string | undefined>;
  write: (key: string, text: string) => Promise<void>;
  remove: (key: string) => Promise<void>;
  /** Ids of what a versioned bucket has kept of an object that is overwritten or deleted, newest first. */
  kept: (key: string) => Promise<string[]>;
  close: () => void;
}

/** @param url as in `PULUMI_BACKEND_URL`. @throws UserError for a backend that is neither of both. */
export async function openStore(url: string | undefined): Promise<Store> {
  if (!url)
    throw new UserError(
      "export PULUMI_BACKEND_URL, the address of the stack's state: docs/deploying.md, section 3",
    );
  if (/^s3:/.test(url)) return (await import("./bucket.ts")).bucketStore(new URL(url)); // only who needs a client loads it
  if (/^file:/.test(url)) return folderStore(fileURLToPath(url));
  throw new UserError(
    /^https?:/.test(url)
      ? "Pulumi Cloud keeps every version by itself: pulumi stack history, then pulumi stack export --version N and pulumi stack import"
      : `versions in ${url.split(":")[0]}: can't be read from here: use that storage's own tools`,
  );
}

/** A folder of this machine. It keeps nothing of what is overwritten. */
export function folderStore(folder: string): Store {
  return {
    list: async (prefix) => {
      const place = dirname(prefix.endsWith("/") ? `${prefix}.` : prefix);
      const names = orNone(() => readdirSync(join(folder, place)), []);
      return names.map((name) => `${place}/${name}`).filter((key) => key.startsWith(prefix));
    },
    read: async (key) => orNone(() => readFileSync(join(folder, key), "utf8"), undefined),
    write: async (key, text) => {
      const file = join(folder, key);
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
      rmSync(`${file}.attrs`, { force: true }); // what Pulumi keeps beside it is of the file that was there
    },
    remove: async (key) => {
      for (const file of [key, `${key}.attrs`]) rmSync(join(folder, file), { force: true });
    },
    kept: async () => [],
    close: () => {},
  };
}

function orNone<T>(read: () => T, none: T): T {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return none;
    throw error;
  }
}
