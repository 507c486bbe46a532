import { createCipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";

/**
 * What travels in a droplet's user data and must not be read there: encrypted so that `openssl enc` opens it, and the same
 * text each time, so that nothing looks changed that is not.
 */

/** Rounds of PBKDF2. The key is random and long, so they add nothing; it is openssl's own default. */
const ROUNDS = 10_000;

/**
 * Seals `text` under `key` (AES-256-CBC, PBKDF2 with SHA-256; base64 in one line). The salt is a MAC of the text: equal
 * texts give equal seals, and nothing else is told. A digest of the text comes first inside, for {@link openCommand} to
 * check.
 *
 * @param key at least 256 bits of entropy.
 */
export function seal(text: string, key: string): string {
  const plain = `${createHash("sha256").update(text).digest("hex")}\n${text}`;
  const salt = createHmac("sha256", key).update(plain).digest().subarray(0, 8);
  const derived = pbkdf2Sync(key, salt, ROUNDS, 48, "sha256");
  const cipher = createCipheriv("aes-256-cbc", derived.subarray(0, 32), derived.subarray(32));
  const body = [Buffer.from("Salted__"), salt, cipher.update(plain), cipher.final()];
  return Buffer.concat(body).toString("base64");
}

/** The command that opens what is sealed in file `sealed` with the key in file `key`, and writes digest and text to `plain`. */
export function openCommand(sealed: string, key: string, plain: string): string {
  return `openssl enc -d -aes-256-cbc -pbkdf2 -iter ${ROUNDS} -md sha256 -a -A -in ${sealed} -pass file:${key} -out ${plain}`;
}

/** Variables as a shell reads them, sorted by name; whatever a value holds, it stays a value. */
export function shellVariables(variables: Record<string, string>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}
