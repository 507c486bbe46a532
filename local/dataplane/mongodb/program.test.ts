import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { ProgramMissing } from "../engine.ts";
import { mongoProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "mongodb-program-"));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));
const bin = join(folder, "bin");

beforeEach(() => {
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  process.env.PATH = bin;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
});

function goThat(script: string): void {
  writeFileSync(join(bin, "go"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test("says that Go is missing", async () => {
  await assert.rejects(
    mongoProgram(),
    (error) =>
      error instanceof ProgramMissing &&
      error.message ===
        "The MongoDB server is built from source, and there is no Go: install Go (https://go.dev/dl/), and the cluster comes up",
  );
});

test("says why it can't be built, leaves nothing behind, and builds it once it can", async () => {
  goThat("echo 'go: downloading' >&2; echo 'go: no route to host' >&2; exit 1");
  await assert.rejects(mongoProgram(), /can't be built \(go: no route to host\): install Go/);
  goThat(`[ "$CGO_ENABLED" = 0 ] || exit 9
while [ "$1" != -o ]; do shift; done
echo built > "$2"`);
  const said: string[] = [];
  const path = await mongoProgram((line) => said.push(line));
  assert.equal(said.length, 1);
  assert.ok(existsSync(path));
  assert.deepEqual(readdirSync(dirname(path)), ["mongodb-wire"]);
  goThat("exit 1");
  assert.equal(await mongoProgram(), path);
});
