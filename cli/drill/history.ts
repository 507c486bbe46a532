import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { home } from "../places.ts";

/** The reports of earlier drills, each of which names the one before it by its digest: none can be changed or taken out unseen. */

/** What is read of an earlier report. */
export interface Earlier {
  at: string;
  status: string;
  rtoSeconds: number | undefined;
  rpoSeconds: number | undefined;
  sha256: string;
}

export const historyOf = (stack: string, engine: string, folder = join(home, "drill-reports")) =>
  join(folder, stack, engine);

/** The reports in a folder, oldest first. What isn't one is passed over. */
export function earlier(folder: string): Earlier[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    // no drill yet
  }
  return names.sort().flatMap((name) => {
    try {
      const { decidedAt, status, measured, integrity } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      const { rtoSeconds, rpoSeconds } = measured;
      return [{ at: decidedAt, status, rtoSeconds, rpoSeconds, sha256: integrity.sha256 }];
    } catch {
      return [];
    }
  });
}

export interface Trend {
  drills: number;
  /** Median of the earlier drills that passed; undefined when there are none. */
  usualRtoSeconds: number | undefined;
  /** This one took half as long again as usual, or longer. */
  slower: boolean;
}

/** At least so many earlier drills make a usual time. */
const ENOUGH = 3;

export function trendOf(before: readonly Earlier[], rtoSeconds: number | undefined): Trend {
  const times = before
    .filter(({ status }) => status === "passed")
    .slice(-10)
    .flatMap((drill) => drill.rtoSeconds ?? [])
    .sort((a, b) => a - b);
  const usual = times[Math.floor(times.length / 2)];
  const known = times.length >= ENOUGH && usual !== undefined && rtoSeconds !== undefined;
  return { drills: before.length, usualRtoSeconds: usual, slower: known && rtoSeconds > usual * 1.5 };
}

export interface Integrity {
  /** Of the report without this part, as JSON without white space. */
  sha256: string;
  /** The same of the report before. */
  previous?: string | undefined;
  /** Ed25519 over `sha256`, with the key in BREAKWATER_DRILL_KEY, and the public key that checks it. */
  signature?: { value: string; publicKey: string };
}

/** Seals a report. @throws UserError when the key can't be used. */
export function seal(
  report: object,
  previous: string | undefined,
  key = process.env.BREAKWATER_DRILL_KEY,
): Integrity {
  const sha256 = createHash("sha256")
    .update(JSON.stringify({ ...report, previous }))
    .digest("hex");
  if (!key) return { sha256, previous };
  try {
    const secret = createPrivateKey(key);
    const publicKey = createPublicKey(secret).export({ type: "spki", format: "pem" }).toString();
    return {
      sha256,
      previous,
      signature: { value: sign(null, Buffer.from(sha256), secret).toString("base64"), publicKey },
    };
  } catch {
    throw new UserError(
      "BREAKWATER_DRILL_KEY can't sign: it must hold a private Ed25519 key in PEM (openssl genpkey -algorithm ed25519)",
    );
  }
}

/** Keeps a report beside the earlier ones. */
export function keep(folder: string, decidedAt: string, forms: Record<"json" | "md", string>): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = join(folder, decidedAt.replaceAll(":", "-"));
  for (const [extension, text] of Object.entries(forms))
    writeFileSync(`${name}.${extension}`, text, { mode: 0o600 });
  return `${name}.json`;
}
