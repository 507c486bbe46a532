import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { homeOf } from "../../index.ts";
import { Client, temporaryFolder } from "../../testing.ts";
import {
  ask,
  caOf,
  deployed,
  deploymentsOf,
  job,
  type Served,
  spec,
  told,
  workspaceTable,
} from "./testing.ts";

interface Running extends Served {
  child: ChildProcess;
}

/** The cloud as a process of its own. */
async function start(t: TestContext, home: string, table: string): Promise<Running> {
  const env = { BREAKWATER_HOME: home, BREAKWATER_PORT: "0", BREAKWATER_WORKSPACES: table };
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../main.ts")], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill()) await once(child, "exit");
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const token = readFileSync(homeOf(home).token, "utf8").trim();
  return { child, cloud: new Client({ url: JSON.parse(String(line)).listening, token }), ca: caOf(home) };
}

test("after kill -9 of the cloud the app is back, at its address, without another deployment", async (t) => {
  const [home, table] = [temporaryFolder(t), workspaceTable(t)];
  const before = await start(t, home, table);
  const app = await deployed(before, spec({ jobs: [job("PRE_DEPLOY", "echo once")] }));
  const { pid } = await told(before, app.live_url);
  before.child.kill("SIGKILL");
  await once(before.child, "exit");
  assert.ok(isAlive(pid), "what was killed could not end it");

  const after = await start(t, home, table);
  const again = await answered(after, app.live_url);
  assert.notEqual(again.pid, pid);
  assert.ok(!isAlive(pid), "the one that nobody led to is gone");
  assert.deepEqual(
    (await deploymentsOf(after, app.id)).map(({ id, phase }) => [id, phase]),
    [[app.active_deployment?.id, "ACTIVE"]],
  );

  after.child.kill("SIGTERM");
  await once(after.child, "exit");
  assert.ok(!isAlive(again.pid), "a cloud that stops takes its processes with it");
});

test("a deployment that kill -9 cuts short is begun again by the next cloud", async (t) => {
  const [home, table] = [temporaryFolder(t), workspaceTable(t)];
  const before = await start(t, home, table);
  const jobs = [job("PRE_DEPLOY", `[ -e "${home}/second" ] || { touch "${home}/second"; sleep 600; }`)];
  const { id } = await before.cloud.make("/v2/apps", { spec: spec({ jobs }) });
  await until(async () => readable(`${home}/second`));
  before.child.kill("SIGKILL");
  await once(before.child, "exit");

  const after = await start(t, home, table);
  await until(async () => (await deploymentsOf(after, id))[0]?.phase === "ACTIVE");
  assert.equal((await deploymentsOf(after, id)).length, 1);
});

/** What the app says as soon as it says anything. */
async function answered(served: Served, url: string) {
  let page: Awaited<ReturnType<typeof ask>> | undefined;
  await until(async () => {
    page = await ask(served, url).catch(() => undefined);
    return page?.status === 200;
  });
  return JSON.parse(page?.text ?? "") as { pid: number };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}

function readable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
