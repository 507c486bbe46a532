import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { runningBelow } from "../../local/dataplane/process.ts";
import { dataFolderOf } from "../../local/dataplane/programs.ts";
import { homeOf } from "../../local/index.ts";
import { servedHome, servedProcess } from "../../local/testing-served.ts";
import { open, type Plane, prepare } from "./planes.ts";

/** Moments of the kills. Another number tries others. */
const SEED = Number(process.env.BREAKWATER_SEED ?? 5);
const ROUNDS = 3;
/** Acknowledged writes of all planes together before a kill, one of each among them: at least, and how many more at most. */
const [LEAST, SPAN] = [40, 260];

test(`kill -9 of the cloud with every plane under load, seed ${SEED}: nothing that was acknowledged is missing`, async (t) => {
  const home = servedHome(t);
  const servers = () => runningBelow(dataFolderOf(homeOf(home).folder));
  const random = randomFrom(SEED);
  let { cloud, child } = await servedProcess(home);
  const clusters = await prepare(cloud, home);
  const acknowledged = new Map<string, Set<string>>();
  for (let round = 0; round < ROUNDS; round++) {
    const planes = Object.entries(await open(cloud, home, clusters));
    const enough = Promise.withResolvers<void>();
    const kill = LEAST + Math.floor(random() * SPAN);
    let writes = 0;
    const seen = new Set<string>();
    const load = planes.map(async ([what, { write }], number) => {
      const kept = acknowledged.get(what) ?? new Set();
      acknowledged.set(what, kept);
      try {
        for (let entry = 0; ; entry++) {
          const name = `r${round}-${number}-${entry}`;
          await write(name);
          kept.add(name);
          seen.add(what);
          writes += 1;
          if (writes >= kill && seen.size === planes.length) enough.resolve();
        }
      } catch {} // the cloud is gone
    });
    await Promise.race([
      enough.promise,
      Promise.all(load).then(() => assert.fail("the load ended before the kill")),
    ]);
    child.kill("SIGKILL");
    await once(child, "exit");
    await Promise.all(load);
    await closeAll(planes);
    const left = servers();

    ({ cloud, child } = await servedProcess(home));
    const after = Object.entries(await open(cloud, home, clusters));
    for (const [what, plane] of after) {
      const there = new Set(await plane.names());
      const missing = [...(acknowledged.get(what) ?? [])].filter((name) => !there.has(name));
      assert.deepEqual(missing, [], `${what}, killed after ${writes} writes`);
    }
    await closeAll(after);
    const now = new Set(servers());
    assert.deepEqual(
      left.filter((pid) => now.has(pid)),
      [],
      "what the killed cloud left running is ended",
    );
  }
  t.diagnostic([...acknowledged].map(([what, { size }]) => `${what} ${size}`).join(", "));
});

const closeAll = (planes: [string, Plane][]) =>
  Promise.all(planes.map(async ([, plane]) => plane.close())).catch(() => {});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
