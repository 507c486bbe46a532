import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { homeOf, startCloud } from "./index.ts";
import { SCHEMA_VERSION } from "./store.ts";
import { Client, temporaryFolder } from "./testing.ts";

const MAIN = join(import.meta.dirname, "main.ts");

interface Running {
  cloud: Client;
  process: ChildProcess;
}

/** Starts the cloud as a process and waits until it listens. */
async function start(
  t: TestContext,
  home: string,
  environment: Record<string, string> = {},
): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      BREAKWATER_HOME: home,
      BREAKWATER_PORT: "0",
      BREAKWATER_SERVERS: "none",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const { token } = homeOf(home);
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([first]) => String(first)),
    once(child, "exit").then(([code]) => assert.fail(`the cloud ended with ${code} before it listened`)),
  ]);
  const cloud = new Client({ url: JSON.parse(line).listening, token: readFileSync(token, "utf8").trim() });
  return { cloud, process: child };
}

/** Starts a cloud that can't: its exit code and what it says. */
function fail(home: string, environment: Record<string, string> = {}): { code: number | null; said: string } {
  const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN], {
    env: {
      ...process.env,
      BREAKWATER_HOME: home,
      BREAKWATER_PORT: "0",
      BREAKWATER_SERVERS: "none",
      ...environment,
    },
    encoding: "utf8",
    timeout: 30_000,
  });
  assert.equal(stdout, "");
  return { code: status, said: stderr };
}

const ONE_LINE = /^[^\n]+\n$/;

test("the process writes its address, keeps its files private, and drains on a signal", async (t) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const home = temporaryFolder(t);
    const { cloud, process: child } = await start(t, home);
    const files = homeOf(home);
    assert.equal(statSync(files.folder).mode & 0o777, 0o700);
    for (const file of [
      files.store,
      files.token,
      files.key,
      files.authority,
      files.address,
      `${files.store}-wal`,
    ])
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    const health = await fetch(`${cloud.url}/healthz`);
    assert.partialDeepStrictEqual(await health.json(), { status: "ok", pid: child.pid });

    await cloud.post("/_local/faults", {
      path: "/v2/account",
      times: 1,
      effect: { kind: "latency", milliseconds: 300 },
    });
    const underWay = cloud.get("/v2/account");
    const isMet = async () =>
      (await cloud.get<{ faults: object[] }>("/_local/faults")).body.faults.length === 0;
    while (!(await isMet()));
    const ended = once(child, "exit");
    child.kill(signal);
    assert.equal((await underWay).status, 200);
    assert.deepEqual(await ended, [0, null]);
  }
});

test("what was acknowledged survives kill -9 amid concurrent writes", async (t) => {
  const home = temporaryFolder(t);
  const first = await start(t, home);
  const cluster = await first.cloud.make("/v2/databases", {
    name: "orders",
    engine: "pg",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    num_nodes: 1,
  });
  const asked = new Set<string>();
  const acknowledged = {
    tags: new Set<string>(),
    dbs: new Set<string>(),
    gone: new Set<string>(),
    description: "",
  };
  let writes = 0;
  const enough = Promise.withResolvers<void>();

  /** Writes until the connection breaks; every answer is noted before the next write. */
  const write = async (worker: number) => {
    try {
      for (let number = 0; ; number++) {
        const name = `w${worker}-${number}`;
        if ((await first.cloud.post("/v2/tags", { name })).status === 201) acknowledged.tags.add(name);
        if ((await first.cloud.post(`/v2/databases/${cluster.id}/dbs`, { name })).status === 201)
          acknowledged.dbs.add(name);
        if (number % 3 === 0) {
          asked.add(name);
          if ((await first.cloud.delete(`/v2/tags/${name}`)).status === 204) acknowledged.gone.add(name);
        }
        if (
          worker === 0 &&
          (await first.cloud.patch("/v2/projects/default", { description: name })).status === 200
        )
          acknowledged.description = name;
        writes++;
        if (writes === 120) enough.resolve();
      }
    } catch {
      return; // the cloud is gone
    }
  };
  const workers = Array.from({ length: 8 }, (_, worker) => write(worker));
  await enough.promise;
  first.process.kill("SIGKILL");
  await Promise.all(workers);

  const { cloud } = await start(t, home);
  const all = async (path: string, root: string) => {
    const names = new Set<string>();
    for (let page = 1; ; page++) {
      const { body } = await cloud.get<Record<string, { name: string }[]>>(
        `${path}?per_page=200&page=${page}`,
      );
      const items = body[root] ?? [];
      for (const { name } of items) names.add(name);
      if (items.length < 200 || root === "dbs") return names;
    }
  };
  const tags = await all("/v2/tags", "tags");
  const dbs = await all(`/v2/databases/${cluster.id}/dbs`, "dbs");
  assert.ok(acknowledged.tags.size >= 120);
  // One that was asked to go without an answer may be either.
  for (const name of acknowledged.tags) if (!asked.has(name)) assert.ok(tags.has(name), name);
  for (const name of acknowledged.gone) assert.ok(!tags.has(name), name);
  for (const name of acknowledged.dbs) assert.ok(dbs.has(name), name);
  const { body } = await cloud.get<{ project: { description: string } }>("/v2/projects/default");
  const number = (text: string) => Number(text.split("-")[1]);
  assert.ok(number(body.project.description) >= number(acknowledged.description));
});

test("a state over time goes on across kill -9", async (t) => {
  const home = temporaryFolder(t);
  const first = await start(t, home, { BREAKWATER_TIME_SCALE: "0.005" });
  const { id } = await first.cloud.make("/v2/databases", {
    name: "orders",
    engine: "pg",
    size: "db-s-1vcpu-1gb",
    region: "fra1",
    num_nodes: 1,
  });
  first.process.kill("SIGKILL");
  await once(first.process, "exit");
  const { cloud } = await start(t, home, { BREAKWATER_TIME_SCALE: "0.005" });
  const state = async () =>
    (await cloud.get<{ database: { status: string } }>(`/v2/databases/${id}`)).body.database.status;
  const seen = new Set([await state()]);
  while (!seen.has("online")) seen.add(await state());
  assert.deepEqual(
    [...seen].filter((status) => status !== "creating"),
    ["online"],
  );
});

test("a port in use ends the start in one line", async (t) => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const address = taken.address();
  assert.ok(address !== null && typeof address === "object");
  const { code, said } = fail(temporaryFolder(t), { BREAKWATER_PORT: String(address.port) });
  assert.equal(code, 1);
  assert.match(said, ONE_LINE);
  assert.match(said, new RegExp(`^Port ${address.port} of 127.0.0.1 is in use: .*BREAKWATER_PORT`));
});

test("a second cloud on the same folder ends in one line and leaves the first alone", async (t) => {
  const home = temporaryFolder(t);
  const { cloud } = await start(t, home);
  const before = readFileSync(homeOf(home).address, "utf8");
  const { code, said } = fail(home);
  assert.equal(code, 1);
  assert.match(said, ONE_LINE);
  assert.match(said, /^Another local cloud is using .*store\.db: stop it with "npm stop"/);
  assert.equal(readFileSync(homeOf(home).address, "utf8"), before);
  assert.equal((await cloud.get("/v2/account")).status, 200);
});

test("a damaged or newer state ends in one line and is not touched", async (t) => {
  const home = temporaryFolder(t);
  const cloud = await startCloud({ home, port: 0 });
  await cloud.close();
  const { store, key, authority, token } = homeOf(home);
  const whole = readFileSync(store);

  const damages: [string, Buffer, RegExp][] = [
    [
      "no database",
      Buffer.from("this is not a database, and long enough to be read as one".repeat(200)),
      /is damaged/,
    ],
    [
      "a broken page",
      Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 0xa5)]),
      /is damaged/,
    ],
    ["cut short", whole.subarray(0, 5000), /is damaged/],
    [
      "a newer layout",
      withVersion(whole, SCHEMA_VERSION + 1),
      new RegExp(
        `was written by a newer Breakwater \\(layout ${SCHEMA_VERSION + 1}, this one knows ${SCHEMA_VERSION}\\)`,
      ),
    ],
  ];
  for (const [what, content, says] of damages) {
    writeFileSync(store, content);
    const { code, said } = fail(home);
    assert.equal(code, 1, what);
    assert.match(said, ONE_LINE, what);
    assert.match(said, says, what);
    assert.ok(readFileSync(store).equals(content), `${what}: the file was changed`);
  }

  writeFileSync(store, whole);
  for (const [file, content] of [
    [key, "short\n"],
    [authority, "-----BEGIN CERTIFICATE-----\ncut"],
    [token, "\n"],
  ] as const) {
    const before = readFileSync(file);
    writeFileSync(file, content);
    const { said } = fail(home);
    assert.match(said, ONE_LINE);
    assert.ok(said.startsWith(`${file} is damaged: `), said);
    writeFileSync(file, before);
  }
});

/** SQLite's user_version lies at byte 60 (https://sqlite.org/fileformat.html). */
function withVersion(file: Buffer, version: number): Buffer {
  const changed = Buffer.from(file);
  changed.writeUInt32BE(version, 60);
  return changed;
}

test("a folder that can't be made and a senseless setting end in one line", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "cloud"), "a file\n");
  for (const [home, environment, says] of [
    [folder, {}, /^The state folder .*cloud cannot be made: a file is in its place/],
    [join(folder, "cloud", "below"), {}, /^The state folder .* cannot be made/],
    [temporaryFolder(t), { BREAKWATER_PORT: "http" }, /^BREAKWATER_PORT is "http", which is no valid value/],
    [temporaryFolder(t), { BREAKWATER_TIME_SCALE: "-1" }, /^BREAKWATER_TIME_SCALE is "-1"/],
  ] as const) {
    const { code, said } = fail(home, environment);
    assert.equal(code, 1);
    assert.match(said, ONE_LINE);
    assert.match(said, says);
  }
});

/** Whether this user may mount a file system of a given size; containers often may not. */
function mounted(t: TestContext, size: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-disk-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
    stdio: "ignore",
  });
  t.after(() => {
    if (status === 0) execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  if (status !== 0) return undefined;
  return folder;
}

test("on a full disk a write is refused, reads go on, and space brings writes back", async (t) => {
  const disk = mounted(t, "1m");
  if (disk === undefined) return t.skip("mounting a small file system takes rights that this user lacks");
  const { cloud } = await start(t, disk);
  await cloud.make("/v2/vpcs", { name: "first", region: "fra1" });
  const filler = join(disk, "filler");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 8192)));

  const kept: string[] = [];
  let refused: { status: number; body: { id?: string; message?: string } } | undefined;
  for (let number = 0; refused === undefined && number < 500; number++) {
    const name = `tag-${number}-${"x".repeat(200)}`;
    const answer = await cloud.post<{ id?: string; message?: string }>("/v2/tags", { name });
    if (answer.status === 201) kept.push(name);
    else refused = answer;
  }
  assert.equal(refused?.status, 507);
  assert.equal(refused?.body.id, "server_error");
  assert.match(refused?.body.message ?? "", /disk is full/);

  const { body } = await cloud.get<{ tags: { name: string }[] }>("/v2/tags?per_page=200");
  assert.deepEqual(
    body.tags.map((tag) => tag.name),
    kept,
  );
  assert.equal((await cloud.get("/v2/vpcs")).status, 200);

  writeFileSync(filler, "");
  assert.equal((await cloud.post("/v2/tags", { name: "after" })).status, 201);
});

test("a state folder that can't be written ends in one line", (t) => {
  const disk = mounted(t, "64k,ro") ?? temporaryFolder(t);
  chmodReadOnly(disk);
  const { code, said } = fail(disk);
  assert.equal(code, 1);
  assert.match(said, ONE_LINE);
  assert.match(
    said,
    /^The state folder .*cloud cannot be written: give yourself the right to, or set BREAKWATER_HOME/,
  );
});

/** For users whose rights count; a read-only file system stops root too. */
function chmodReadOnly(folder: string): void {
  if (process.getuid?.() !== 0) chmodSync(folder, 0o500);
}

test("a start on a full disk ends in one line", (t) => {
  const disk = mounted(t, "64k");
  if (disk === undefined) return t.skip("mounting a small file system takes rights that this user lacks");
  const { code, said } = fail(disk);
  assert.equal(code, 1);
  assert.match(said, ONE_LINE);
  assert.match(said, /^The disk that holds .* is full: free some space and start again\.$/m);
});
