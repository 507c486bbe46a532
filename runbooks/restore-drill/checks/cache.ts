import type { Redis } from "ioredis";
import type { Address } from "../connections/postgres.ts";
import { connectValkey } from "../connections/valkey.ts";
import type { Assignment } from "./assignment.ts";
import { type Check, check, type Finding, NotTested, until } from "./check.ts";
import type { Result } from "./result.ts";
import { valkeyTls } from "./tls.ts";

/** Keys of production's cache that are looked at. */
const SAMPLE = 10_000;
/** Milliseconds that the product may take to answer. */
const PATIENCE = 20_000;

/**
 * The drill of a cache, which has no backups: a new, empty one beside production's, and a deployment of the product of its own that has it
 * in production's place. `PRODUCT_URL` asks that one for its health. Production's cache is only counted.
 */
export async function checkCache(given: Assignment): Promise<Result> {
  const { id, engine, restored, source, patienceSeconds } = given;
  const now = () => new Date().toISOString();
  const startedAt = now();
  const checks: Check[] = [];
  const [address] = restored.product;
  let cache: Redis | undefined;
  checks.push(
    await check("connection with verified TLS", async () => {
      if (!address) throw new NotTested("no cache is named");
      cache = await until(Date.now() + patienceSeconds * 1000, () => connectValkey(address));
      return {};
    }),
  );
  if (!cache || !address) return { id, engine, startedAt, checks, contents: {}, finishedAt: now() };
  const empty = cache;
  const firstQueryAt = now();
  const version = /(?:valkey|redis)_version:(\S+)/.exec(await empty.info("server").catch(() => ""))?.[1];
  try {
    checks.push(await check("refusals", () => valkeyTls(address)));
    checks.push(
      await check("the product on an empty cache", async () => {
        await empty.flushall(); // what the product wrote when it started
        return answers(process.env.PRODUCT_URL);
      }),
    );
    checks.push(
      await check("the cache is used", async () => {
        const keys = await empty.dbsize();
        if (keys === 0)
          throw new NotTested("the product has written nothing into it: its requests may not need a cache");
        return { numbers: { keys } };
      }),
    );
    checks.push(await check("what a loss of production's cache loses", () => contentsOf(source?.product[0])));
  } finally {
    empty.disconnect();
  }
  const finishedAt = now();
  return {
    ...{ id, engine, startedAt, checks, contents: {}, finishedAt, serverVersion: version },
    ...{ reachedAt: firstQueryAt, firstQueryAt, recoveredAt: firstQueryAt },
  };
}

/** The product's health, which it only has when it can do its work. */
async function answers(url: string | undefined): Promise<Finding> {
  if (!url) throw new NotTested("there is no deployment of the product");
  const started = performance.now();
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
  const milliseconds = Math.round(performance.now() - started);
  return {
    numbers: { status: answer.status, milliseconds },
    problems: answer.ok ? [] : [`it answers ${answer.status}`],
  };
}

/** Counted, never read: keys without an expiry are no mere cache. */
async function contentsOf(address: Address | undefined): Promise<Finding> {
  if (!address) throw new NotTested("production's cache is not known");
  const client = await connectValkey(address);
  try {
    const numbers = { keys: await client.dbsize(), sampled: 0, withoutExpiry: 0 };
    let cursor = "0";
    do {
      const [next, keys] = await client.scan(cursor, "COUNT", 500);
      cursor = next;
      const expiries = await Promise.all(keys.map((key) => client.pttl(key)));
      numbers.sampled += keys.length;
      numbers.withoutExpiry += expiries.filter((left) => left === -1).length;
    } while (cursor !== "0" && numbers.sampled < SAMPLE);
    return { numbers };
  } finally {
    client.disconnect();
  }
}
