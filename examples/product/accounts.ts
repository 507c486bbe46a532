import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type pg from "pg";
import { Refusal } from "./http.ts";

// Sign-up and login, as far as the product needs them until its gateway owns them (docs/architecture.md).

/** Of the choices in OWASP's password storage cheat sheet the one for small containers: 32 MiB each. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const MIN_PASSWORD = 12;
const MAX_PASSWORD = 200;
const UNIQUE_VIOLATION = "23505";

/** @throws Refusal 400 for what is no address or password, 409 for an address that is taken */
export async function register(postgres: pg.Pool, email: string, password: string): Promise<string> {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) || email.length > 254)
    throw new Refusal(400, "email is not an e-mail address");
  if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD)
    throw new Refusal(400, `password must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
  const hash = await hashOf(password);
  try {
    const { rows } = await postgres.query(
      "INSERT INTO account (email, password) VALUES ($1, $2) RETURNING id",
      [email, hash],
    );
    return rows[0].id;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION)
      throw new Refusal(409, "email is taken");
    throw error;
  }
}

/** The account's id. @throws Refusal 401, the same and as late for a wrong password as for an unknown address */
export async function login(postgres: pg.Pool, email: string, password: string): Promise<string> {
  const { rows } = await postgres.query("SELECT id, password FROM account WHERE lower(email) = lower($1)", [
    email,
  ]);
  const [account] = rows;
  const isRight = await matches(password, account?.password ?? (await nobody));
  if (!account || !isRight) throw new Refusal(401, "email or password is wrong");
  return account.id;
}

async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${salt.toString("base64")}$${key.toString("base64")}`;
}

async function matches(password: string, hash: string): Promise<boolean> {
  const [, salt = "", key = ""] = hash.split("$");
  const expected = Buffer.from(key, "base64");
  const given = await derive(password.slice(0, MAX_PASSWORD), Buffer.from(salt, "base64"));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

const derive = (password: string, salt: Buffer) =>
  new Promise<Buffer>((resolve, reject) =>
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );

/** What an unknown address is compared with. */
const nobody = hashOf(randomBytes(16).toString("hex"));
