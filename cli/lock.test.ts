import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { holding } from "./lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breakwater lock-"));
  file = join(folder, "a.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

function refuse(): never {
  throw new Error("held");
}

test("one at a time, also when the first one fails", async () => {
  let inside = 0;
  const visit = async () => {
    assert.equal(++inside, 1);
    await new Promise(setImmediate);
    inside--;
    throw new Error("the action's own");
  };
  const visits = Array.from({ length: 4 }, () => holding(file, visit, () => {}));
  for (const { status } of await Promise.allSettled(visits)) assert.equal(status, "rejected");
  assert.equal(await holding(file, async () => "free", refuse), "free");
});

test("who does not want to wait need not, and what is held is left alone", async () => {
  await holding(
    file,
    async () => {
      await assert.rejects(
        holding(file, async () => {}, refuse),
        /held/,
      );
      assert.ok(!existsSync(`${file}-journal`), "something was written");
    },
    refuse,
  );
});

test("the lock of a killed process is free", async () => {
  const script = `
    import { holding } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    await holding(${JSON.stringify(file)}, () => new Promise(() => { console.log("held"); setInterval(() => {}, 1000); }), () => {});`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script];
  const other = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  await once(other.stdout, "data");
  await assert.rejects(
    holding(file, async () => {}, refuse),
    /held/,
  );
  other.kill("SIGKILL");
  await once(other, "exit");
  assert.equal(await holding(file, async () => "free", refuse), "free");
});
