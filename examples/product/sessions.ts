import { createHash, randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { Refusal } from "./http.ts";

/** Who is logged in: in the cache, under the hash of what the browser holds. An empty cache logs everyone out, no more. */

const SESSION_SECONDS = 7 * 24 * 3600;
const WINDOW_SECONDS = 15 * 60;
const MAX_ATTEMPTS = 10;
/** The prefix holds browsers to Secure, this host and the whole path. */
const COOKIE = "__Host-session";

const digest = (text: string) => createHash("sha256").update(text).digest("base64url");

/** Gives the header that hands the session to the browser. */
export async function openSession(cache: Redis, account: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await cache.set(`session:${digest(token)}`, account, "EX", SESSION_SECONDS);
  return `${COOKIE}=${token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${SESSION_SECONDS}`;
}

/** @throws Refusal 401 when nobody is logged in */
export async function accountOf(cache: Redis, cookies: string | undefined): Promise<string> {
  const token = tokenIn(cookies);
  const account = token && (await cache.get(`session:${digest(token)}`));
  if (!account) throw new Refusal(401, "log in first");
  return account;
}

/** Gives the header that takes the session from the browser. */
export async function closeSession(cache: Redis, cookies: string | undefined): Promise<string> {
  const token = tokenIn(cookies);
  if (token) await cache.del(`session:${digest(token)}`);
  return `${COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;
}

/** @throws Refusal 429 for too many attempts on one address */
export async function countAttempt(cache: Redis, email: string): Promise<void> {
  const key = `attempts:${digest(email.toLowerCase())}`;
  const attempts = await cache.incr(key);
  if (attempts === 1) await cache.expire(key, WINDOW_SECONDS);
  if (attempts > MAX_ATTEMPTS) throw new Refusal(429, "too many attempts: try again in a quarter of an hour");
}

const tokenIn = (cookies: string | undefined) =>
  cookies
    ?.split(/; */)
    .find((cookie) => cookie.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);
