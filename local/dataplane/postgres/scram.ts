import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * What a server keeps of a password (RFC 5803): made here, so that no statement, and so no log of statements, ever has
 * the password itself.
 */

const ITERATIONS = 4096;

export interface Verifier {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
export const sha256 = (data: Buffer): Buffer => createHash("sha256").update(data).digest();

function verifierOf(password: string, salt: Buffer, iterations: number): Verifier {
  // SASLprep (RFC 4013) as far as it changes what people type: compatible forms become one.
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const storedKey = sha256(hmac(salted, "Client Key"));
  return { iterations, salt, storedKey, serverKey: hmac(salted, "Server Key") };
}

/** The text that `create role ... password` takes for a password. */
export function newVerifier(password: string): string {
  const { iterations, salt, storedKey, serverKey } = verifierOf(password, randomBytes(16), ITERATIONS);
  const base64 = (data: Buffer) => data.toString("base64");
  return `SCRAM-SHA-256$${iterations}:${base64(salt)}$${base64(storedKey)}:${base64(serverKey)}`;
}

/** Reads what `pg_authid` has; undefined when that is no SCRAM verifier. */
export function readVerifier(text: string | null): Verifier | undefined {
  const [, iterations, ...keys] =
    /^SCRAM-SHA-256\$(\d+):([\w+/=]+)\$([\w+/=]+):([\w+/=]+)$/.exec(text ?? "") ?? [];
  const [salt, storedKey, serverKey] = keys.map((key) => Buffer.from(key, "base64"));
  return salt && storedKey && serverKey
    ? { iterations: Number(iterations), salt, storedKey, serverKey }
    : undefined;
}

/** Whether a verifier was made of this password. */
export function verifies(text: string | null, password: string): boolean {
  const known = readVerifier(text);
  return (
    known !== undefined &&
    timingSafeEqual(known.storedKey, verifierOf(password, known.salt, known.iterations).storedKey)
  );
}
