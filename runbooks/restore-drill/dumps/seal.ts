import { ReadableStream } from "node:stream/web";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import type { Bytes } from "./bytes.ts";

/**
 * Encrypts for the recipients (`age1...`), in the format of age (age-encryption.org/v1): a fresh key for each file, and
 * ChaCha20-Poly1305 over chunks of 64 KiB, of which none can be changed, reordered or cut off unseen.
 */
export async function* seal(plain: Bytes, recipients: readonly string[]): Bytes {
  const encrypter = new Encrypter();
  for (const recipient of recipients)
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new Error(`${recipient} is no recipient of age`);
    }
  yield* stream(await encrypter.encrypt(webStream(plain)));
}

/**
 * Decrypts with an identity (`AGE-SECRET-KEY-1...`). What was given out before an error was still authentic.
 *
 * @throws when the identity is another's, and where the file was changed or cut off.
 */
export async function* unseal(sealed: Bytes, identity: string): Bytes {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const source = watched(sealed);
  const told = (what: string, error: unknown) =>
    source.failure() ?? new Error(`${what}: ${messageOf(error)}`);
  let opened: globalThis.ReadableStream<Uint8Array>;
  try {
    opened = await decrypter.decrypt(webStream(source.bytes));
  } catch (error) {
    throw told("it can't be decrypted", error);
  }
  try {
    yield* stream(opened);
  } catch (error) {
    throw told("it was changed or cut off", error);
  }
}

/** What the source itself failed with is not to be taken for a forgery. */
function watched(source: Bytes) {
  let failure: unknown;
  const bytes = async function* () {
    try {
      yield* source;
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return { bytes: bytes(), failure: () => failure };
}

/** A new identity, which the team keeps, and its recipient, which anyone may know. */
export async function newIdentity(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipient of an identity. @throws for what is no identity */
export const recipientOf = (identity: string): Promise<string> => identityToRecipient(identity);

/** The identity in a file as `age-keygen` writes it: comments, and one line. @throws when there is none, or several. */
export function identityIn(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  const [identity, another] = lines.filter((line) => line && !line.startsWith("#"));
  if (!identity?.startsWith("AGE-SECRET-KEY-") || another !== undefined)
    throw new Error("an identity file has one line that begins with AGE-SECRET-KEY-");
  return identity;
}

/** The library takes the streams of browsers; Node's are the same under another type. */
function webStream(bytes: Bytes): globalThis.ReadableStream<Uint8Array> {
  return ReadableStream.from(bytes) as globalThis.ReadableStream<Uint8Array>;
}

/** An early end of the reading ends the source. */
async function* stream(web: globalThis.ReadableStream<Uint8Array>): Bytes {
  const reader = web.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
