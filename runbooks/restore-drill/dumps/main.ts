import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chooseDump, restoreDump } from "./dump.ts";
import { type Engine, engines } from "./manifest.ts";
import { identityIn, newIdentity } from "./seal.ts";
import { DumpStore } from "./store.ts";

/**
 * Dumps by hand, with nothing but the bucket: also when account and state are lost.
 *
 *     node runbooks/restore-drill/dumps/main.ts identity FILE
 *     node runbooks/restore-drill/dumps/main.ts show    --engine pg|mongodb --database NAME [--at TIME]
 *     node runbooks/restore-drill/dumps/main.ts restore --engine pg|mongodb --database NAME [--at TIME] [--mine | --make-roles]
 *
 * Secrets come from the environment, never from arguments: DUMPS_ENDPOINT, DUMPS_BUCKET, DUMPS_ACCESS_KEY_ID and
 * DUMPS_SECRET_ACCESS_KEY; for `restore` DUMPS_IDENTITY_FILE, TARGET_URL and, where it is not a public one, TARGET_CA_CERT.
 */
const usage = "one of: identity FILE, show, restore (runbooks/lost-account.md)";

try {
  await main();
} catch (error) {
  process.stderr.write(`dumps: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: "string" },
      database: { type: "string" },
      at: { type: "string" },
      mine: { type: "boolean", default: false },
      "make-roles": { type: "boolean", default: false },
    },
  });
  const [command, file] = positionals;
  if (command === "identity" && file !== undefined) return makeIdentity(file);
  if (command !== "show" && command !== "restore") throw new Error(usage);
  const { database } = values;
  if (database === undefined) throw new Error("--database is missing: name of the database that was dumped");
  const at = values.at === undefined ? undefined : timeOf(values.at);
  const engine = engineOf(values.engine);
  const store = new DumpStore({
    endpoint: needed("DUMPS_ENDPOINT"),
    bucket: needed("DUMPS_BUCKET"),
    accessKeyId: needed("DUMPS_ACCESS_KEY_ID"),
    secretAccessKey: needed("DUMPS_SECRET_ACCESS_KEY"),
  });
  try {
    if (command === "show") return print(await chooseDump(store, engine, database, at));
    const identity = identityIn(readFileSync(needed("DUMPS_IDENTITY_FILE"), "utf8"));
    const target = { uri: needed("TARGET_URL"), ca: process.env.TARGET_CA_CERT };
    const owners = values.mine ? "mine" : "kept";
    const makeRoles = values["make-roles"];
    print(await restoreDump({ store, engine, database, at, identity, target, owners, makeRoles }));
  } finally {
    store.close();
  }
}

/** The private key goes into a file that is only its owner's, and that must not exist; the public one is printed. */
async function makeIdentity(file: string): Promise<void> {
  const { identity, recipient } = await newIdentity();
  writeFileSync(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600, flag: "wx" });
  process.stdout.write(`${recipient}\n`);
}

function print(about: object): void {
  process.stdout.write(`${JSON.stringify(about, undefined, 2)}\n`);
}

function engineOf(given: string | undefined): Engine {
  const found = engines.find((engine) => engine === given);
  if (!found) throw new Error(`--engine must be one of ${engines.join(", ")}`);
  return found;
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error("--at must be a time, such as 2026-11-24T03:00:00Z");
  return time;
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: runbooks/lost-account.md says what it is`);
  return value;
}
