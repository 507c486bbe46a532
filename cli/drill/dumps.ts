import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  chooseDump,
  DumpStore,
  identityIn,
  type Manifest,
  recipientOf,
  type StoreAddress,
} from "../../runbooks/restore-drill/dumps/index.ts";
import { messageOf, UserError } from "../errors.ts";
import { root } from "../places.ts";
import { isLocal } from "../stack.ts";
import { type DumpPoint, NoRestorePoint, parseTime } from "./point.ts";
import type { Source } from "./source.ts";

/** Where a stack's dumps lie, and what opens them. Secret. */
export interface Dumps {
  store: StoreAddress;
  /** An age identity. */
  identity: string;
}

/** @throws UserError when the stack makes none, or nobody can open them. */
export async function dumpsOf(stack: string, { dumps }: Source): Promise<Dumps> {
  if (!dumps)
    throw new UserError(
      `stack ${stack} makes no dumps: set breakwater:recovery.dumps.recipients and bring it up (runbooks/README.md)`,
    );
  const { recipients, ...store } = dumps;
  const identity = identityOf(stack);
  const recipient = await recipientOf(identity).catch(() => undefined);
  if (!recipient || !recipients.includes(recipient))
    throw new UserError(
      `the identity opens none of stack ${stack}'s dumps: they are encrypted for ${recipients.join(", ")}`,
    );
  return { store, identity };
}

function identityOf(stack: string): string {
  const { DUMPS_IDENTITY: text, DUMPS_IDENTITY_FILE: given } = process.env;
  const file = given || (isLocal(stack) ? join(root, "runbooks", "local-identity.txt") : undefined);
  if (!text && !file)
    throw new UserError(
      "dumps are encrypted: set DUMPS_IDENTITY_FILE to the file with the team's private key, or DUMPS_IDENTITY to the key",
    );
  try {
    return identityIn(text || readFileSync(file ?? "", "utf8"));
  } catch (error) {
    throw new UserError(`the team's private key can't be used: ${messageOf(error)}`);
  }
}

/**
 * The newest dump of each database that is no younger than a time.
 *
 * @throws NoRestorePoint when a database has none.
 */
export async function chooseDumps(
  { engine, databases }: Source,
  address: StoreAddress,
  wanted: string | undefined,
  now: Date,
): Promise<DumpPoint> {
  if (engine === "valkey") throw new NoRestorePoint("a cache has no dumps");
  const incident = wanted === undefined ? now : parseTime(wanted);
  const store = new DumpStore(address);
  const dumps: Manifest[] = [];
  try {
    for (const { name } of databases) dumps.push(await chooseDump(store, engine, name, incident));
  } catch (error) {
    throw new NoRestorePoint(messageOf(error));
  } finally {
    store.close();
  }
  // What is known to be there of all of them is what the oldest has.
  const [oldest = ""] = dumps.map(({ startedAt }) => startedAt).sort();
  return { target: new Date(oldest), incident, dumps };
}
