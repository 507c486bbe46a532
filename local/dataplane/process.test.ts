import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../testing.ts";
import { endLeftover, endLeftovers, runningBelow, startProcess } from "./process.ts";

const SLEEPER = ["-e", "setInterval(() => {}, 1000); console.log('up')"];
const STUBBORN = ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')"];

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

test("a process runs until it is stopped, and leaves a note of itself meanwhile", async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, "log");
  const running = await startProcess({
    folder,
    name: "sleeper",
    command: process.execPath,
    args: SLEEPER,
    log,
  });
  await until(() => readFileSync(log, "utf8") === "up\n");
  assert.deepEqual(runningBelow(folder), [running.pid]);
  assert.deepEqual(await running.stop(), { code: null, signal: "SIGTERM" });
  assert.deepEqual(runningBelow(folder), []);
  assert.ok(!existsSync(join(folder, "sleeper.pid.json")));
});

test("one that does not heed its signal is killed, with what it started", async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, "log");
  const inner = `const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ${JSON.stringify(STUBBORN)}, { stdio: "inherit" });
    process.on("SIGTERM", () => {}); console.log(child.pid);`;
  const running = await startProcess({
    folder,
    name: "parent",
    command: process.execPath,
    args: ["-e", inner],
    log,
    wholeGroup: true,
  });
  await until(() => /^\d+\nup\n$/.test(readFileSync(log, "utf8")));
  const child = Number.parseInt(readFileSync(log, "utf8"), 10);
  assert.deepEqual(await running.stop("SIGTERM", 100), { code: null, signal: "SIGKILL" });
  await until(() => !isAlive(child) || /\) Z/.test(readFileSync(`/proc/${child}/stat`, "utf8")));
});

test("a program that is not there is an error", async (t) => {
  const folder = temporaryFolder(t);
  const options = { folder, name: "none", command: join(folder, "none"), log: join(folder, "log") };
  await assert.rejects(startProcess(options), /ENOENT/);
});

test("nothing of the user's environment reaches a process", async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, "log");
  const args = ["-e", "console.log(Object.keys(process.env).join())"];
  await (await startProcess({ folder, name: "env", command: process.execPath, args, log })).exited;
  assert.equal(readFileSync(log, "utf8"), "PATH\n");
});

test("what a killed cloud left running is ended, also when it does not heed signals", async (t) => {
  const folder = temporaryFolder(t);
  for (const args of [SLEEPER, STUBBORN]) {
    const script = `const { startProcess } = await import(${JSON.stringify(join(import.meta.dirname, "process.ts"))});
      const { pid } = await startProcess({ folder: ${JSON.stringify(folder)}, name: "left", command: process.execPath, args: ${JSON.stringify(args)}, log: ${JSON.stringify(join(folder, "log"))} });
      console.log(pid);`;
    const cloud = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number.parseInt(String((await once(cloud.stdout, "data"))[0]), 10);
    cloud.kill("SIGKILL");
    await once(cloud, "exit");
    assert.deepEqual(runningBelow(folder), [pid]);
    await endLeftover(folder, "left", "SIGTERM", 100);
    assert.deepEqual(runningBelow(folder), []);
    assert.ok(!existsSync(join(folder, "left.pid.json")));
  }
});

test("a process that has the id of one that ended is left alone", async (t) => {
  const folder = temporaryFolder(t);
  const other = spawn(process.execPath, SLEEPER, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => other.kill("SIGKILL"));
  await once(other.stdout, "data");
  for (const note of [
    `{"pid":${other.pid},"started":"another boot 1"}`,
    `{"pid":${other.pid}`,
    "",
    `{"pid":-1}`,
  ]) {
    writeFileSync(join(folder, "gone.pid.json"), note);
    await endLeftovers(folder);
    assert.ok(!existsSync(join(folder, "gone.pid.json")));
  }
  assert.equal(other.exitCode ?? other.signalCode, null);
});
