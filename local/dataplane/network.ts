import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { systemCode } from "../errors.ts";
import { writeWhole } from "../home.ts";
import type { DataPlane } from "./dataplane.ts";
import { unserved } from "./unserved.ts";

/** How addresses are given out where servers listen. */
export type Network = Pick<DataPlane, "placeCluster" | "placeBalancer" | "placeApp" | "placeAddress">;

/** Without a right to low ports 443 can't be had. */
const APP_PORT = 8443;
/** The distance between the blocks of a cloud: clusters' hosts, their private hosts, apps. */
const APART = 64;

/**
 * The addresses of this cloud: clusters lie in 127.<a>.<b>.0/24, their private sides in 127.<a + 64>.<b>.0/24, apps in
 * 127.<a + 128>.<b>.0/24. All of 127.0.0.0/8 is this machine's own (RFC 6890); `a` and `b` are drawn once, so that two clouds
 * on one machine don't meet. What nothing serves keeps the addresses that lead nowhere.
 */
export function openNetwork(file: string): Network {
  const [a, b] = blockIn(file);
  const host = (block: number, n: number) => `127.${a + block * APART}.${b}.${n}`;
  const free = (block: number, what: string, taken: readonly string[]) => {
    for (let n = 1; n < 255; n++) if (!taken.includes(host(block, n))) return n;
    throw new Error(`this cloud has no address left for another ${what}`);
  };
  return {
    ...unserved,
    placeCluster(taken) {
      const hosts = taken.map((place) => place.host);
      const n = free(0, "cluster", hosts);
      return { host: host(0, n), privateHost: host(1, n) };
    },
    placeApp(taken) {
      const hosts = taken.map((url) => new URL(url).hostname);
      return `https://${host(2, free(2, "app", hosts))}:${APP_PORT}`;
    },
  };
}

function blockIn(file: string): readonly [a: number, b: number] {
  try {
    const [a, b]: unknown[] = JSON.parse(readFileSync(file, "utf8"));
    if (typeof a === "number" && typeof b === "number") return [a, b];
  } catch (error) {
    if (systemCode(error) !== "ENOENT" && !(error instanceof SyntaxError)) throw error;
  }
  const drawn = [randomInt(APART, 2 * APART - 1), randomInt(0, 256)] as const;
  writeWhole(file, `${JSON.stringify(drawn)}\n`);
  return drawn;
}
