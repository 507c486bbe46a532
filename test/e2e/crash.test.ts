import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { contents } from "./account.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

/** Creation takes this part of the time that it takes on the platform: long enough to be interrupted. */
const SCALE = "0.01";

interface Named {
  id: string;
  name: string;
}

describe("in the middle of an up", () => {
  let it: Checkout;
  let first: ReturnType<Checkout["begin"]>;
  let cluster: Named;
  let acknowledged: Named[];

  beforeEach(async () => {
    it = await checkout({ BREAKWATER_TIME_SCALE: SCALE });
    first = it.begin("start");
    cluster = await eventually(async () => (await list("/v2/databases", "databases"))[0]);
    acknowledged = await list("/v2/vpcs", "vpcs");
  });
  afterEach(() => it.remove());

  async function list(path: string, key: string) {
    const { body } = await it.api("GET", path);
    return (body as Record<string, Named[]>)[key] ?? [];
  }

  /** Nothing that the cloud acknowledged is lost, nothing is there twice, and the stack is as it should be. */
  async function assertConverged(): Promise<void> {
    const clusters = (await list("/v2/databases", "databases")).map(({ id }) => id);
    assert.ok(clusters.includes(cluster.id), `cluster ${cluster.name} is lost`);
    const vpcs = new Set((await list("/v2/vpcs", "vpcs")).map(({ id }) => id));
    for (const { id, name } of acknowledged) assert.ok(vpcs.has(id), `VPC ${name} is lost`);
    for (const [kind, names] of Object.entries(await contents(it)))
      assert.deepEqual(names, [...new Set(names)], `there are doubles among ${kind}`);
    const preview = await it.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  }

  for (const [victim, pid] of [
    ["the local cloud", () => it.cloudPid()],
    ["pulumi up", () => enginePid(it)],
    ["npm start", () => commandPid(it)],
  ] as const)
    test(`kill -9 of ${victim}: npm start converges`, async () => {
      process.kill(pid(), "SIGKILL");
      const interrupted = await first.result;
      assert.notEqual(interrupted.code, 0, interrupted.output);
      if (victim === "pulumi up") await eventually(() => onlyTheCloudIsLeft(it)); // plugins go with their engine
      const { code, output } = await it.npm("start");
      assert.equal(code, 0, output);
      await assertConverged();
    });

  test("Ctrl-C ends everything but the local cloud, in order; npm start goes on", async () => {
    const reset = await it.npm("stop", "--", "--reset");
    assert.notEqual(reset.code, 0);
    assert.match(reset.output, /^breakwater: a command is at work on stack local: .*Ctrl-C/m);
    assert.ok(it.cloudPid(), "it was not stopped either");

    first.signal("SIGINT");
    const interrupted = await first.result;
    assert.notEqual(interrupted.code, 0, interrupted.output);
    assert.match(interrupted.output, /^breakwater: interrupted by SIGINT; npm start goes on/m);
    assert.doesNotMatch(interrupted.output, /\n\s+at .+:\d+/, "a stack trace");
    assert.deepEqual(processesOf(it), [it.cloudPid()]);

    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    await assertConverged();
  });

  test("what it had begun goes with a destroy", async () => {
    process.kill(enginePid(it), "SIGKILL");
    await first.result;
    const { code, output } = await it.pulumi("destroy", "--yes");
    assert.equal(code, 0, output);
    const { databases, apps } = await contents(it);
    assert.deepEqual([databases, apps], [[], []], output);
  });

  test("a local cloud that has lost everything is filled anew, from half a state and from a whole one", async () => {
    first.signal("SIGINT");
    await first.result;
    for (const state of ["half", "whole"]) {
      await it.npm("stop");
      rmSync(join(it.home, "cloud"), { recursive: true });
      const { code, output } = await it.npm("start");
      assert.equal(code, 0, `${state}: ${output}`);
      assert.deepEqual(
        (await list("/v2/databases", "databases")).map(({ name }) => name).sort(),
        ["cache", "mongo", "pg"].map((name) => `breakwater-local-${name}`),
      );
    }
  });
});

test("kill -9 of pulumi up at a half-made zone, load balancer and pool of droplets, one after the other: npm start converges", async () => {
  const it = await checkout({ BREAKWATER_TIME_SCALE: SCALE });
  try {
    change(it.root, ["compute"], "droplets");
    const first = async (path: string, key: string) => {
      const { body } = await it.api("GET", path);
      const found = (body as Record<string, Named[]>)[key]?.[0];
      return found && (found.id ?? found.name);
    };
    const acknowledged: [path: string, key: string, id: string][] = [];
    for (const [path, key] of [
      ["/v2/domains", "domains"],
      ["/v2/load_balancers", "load_balancers"],
      ["/v2/droplets/autoscale", "autoscale_pools"],
    ] as const) {
      const start = it.begin("start");
      acknowledged.push([path, key, await eventually(() => first(path, key))]);
      process.kill(enginePid(it), "SIGKILL");
      const { code, output } = await start.result;
      assert.notEqual(code, 0, output);
      await eventually(() => onlyTheCloudIsLeft(it));
    }
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    // A pool can't be taken over: there is one, made anew.
    for (const [path, key, id] of acknowledged)
      if (key !== "autoscale_pools")
        assert.equal(await first(path, key), id, `what was acknowledged among ${key} is lost`);
    const { body } = await it.api("GET", "/v2/droplets/autoscale");
    assert.equal((body as { autoscale_pools: unknown[] }).autoscale_pools.length, 1);
    for (const [kind, names] of Object.entries(await contents(it)))
      assert.deepEqual(names, [...new Set(names)], `there are doubles among ${kind}`);
    const preview = await it.pulumi("preview", "--expect-no-changes");
    assert.equal(preview.code, 0, preview.output);
  } finally {
    await it.remove();
  }
});

/** Looks again and again until there is an answer. */
async function eventually<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await Promise.resolve()
      .then(look)
      .catch(() => undefined);
    if (found !== undefined) return found;
    await delay(10);
  }
}

/** The engine's process, as its lock on the stack names it. */
function enginePid(it: Checkout): number {
  const folder = join(it.home, "pulumi", ".pulumi", "locks", "organization", "breakwater", "local");
  const file = readdirSync(folder).find((name) => name.endsWith(".json"));
  return JSON.parse(readFileSync(join(folder, file ?? ""), "utf8")).pid;
}

/** The process behind `npm start`: what started the engine. */
function commandPid(it: Checkout): number {
  const status = readFileSync(`/proc/${enginePid(it)}/status`, "utf8");
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

function onlyTheCloudIsLeft(it: Checkout): true | undefined {
  return processesOf(it).every((pid) => pid === it.cloudPid()) || undefined;
}

/** Every process that was started with a checkout's environment. */
function processesOf({ env }: Checkout): number[] {
  const own = `BREAKWATER_PORT=${env.BREAKWATER_PORT}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(own);
      } catch {
        return false; // it has ended, or is another user's
      }
    })
    .map(Number);
}
