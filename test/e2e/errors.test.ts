import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Checkout, checkout, type Result } from "./checkout.ts";

/** What goes wrong ends in one clear line that says what to do, and whatever was there before is still there. */
describe("one line for", () => {
  let it: Checkout;
  beforeEach(async () => {
    it = await checkout();
  });
  afterEach(() => it.remove());

  /** The one line that explains a failure. */
  function lineOf({ code, output }: Result): string {
    assert.notEqual(code, 0, output);
    assert.doesNotMatch(output, /\n\s+at .+:\d+/, "a stack trace");
    const lines = output.split("\n").filter((line) => line.startsWith("breakwater: "));
    assert.equal(lines.length, 1, output);
    return lines[0] ?? "";
  }

  test("a wrong option, before anything is done", async () => {
    assert.match(lineOf(await it.npm("start", "--", "--fast")), /npm start does not know --fast/);
    assert.match(
      lineOf(await it.npm("stop", "--", "--rest")),
      /npm stop does not know --rest: it takes --reset/,
    );
    assert.match(lineOf(await it.npm("stop", "everything")), /npm stop does not know everything/);
    assert.throws(() => readFileSync(join(it.home, "cloud", "token")), { code: "ENOENT" });
  });

  test("a command of Pulumi that does not exist", async () => {
    const { code, output } = await it.pulumi("upp");
    assert.notEqual(code, 0);
    assert.match(output, /unknown command "upp" for "pulumi"/);
    assert.doesNotMatch(output, /\n\s+at /);
  });

  test("a part of the tests that does not exist", async () => {
    assert.match(
      lineOf(await it.npm("test", "--", "no-such-part")),
      /no test file has no-such-part in its path/,
    );
  });

  test("local:env without a local cloud", async () => {
    const result = await it.npm("run", "--silent", "local:env");
    assert.match(lineOf(result), /not running; start it with: npm start/);
    assert.equal(result.stdout, "");
  });

  test("a port that another program has", async () => {
    const other = createServer().listen(Number(it.env.BREAKWATER_PORT), "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      const line = lineOf(await it.npm("start"));
      assert.match(line, new RegExp(`${it.env.BREAKWATER_PORT}`));
      assert.match(line, /BREAKWATER_PORT/);
    } finally {
      other.close();
    }
  });

  test("a damaged state file, which stays as it is", async () => {
    assert.equal((await it.pulumi("stack", "init", "local")).code, 0);
    const file = join(it.home, "pulumi", ".pulumi", "stacks", "breakwater", "local.json");
    for (const damaged of [readFileSync(file, "utf8").slice(0, 40), "", "null", '{"version":3}']) {
      writeFileSync(file, damaged);
      for (const result of [await it.npm("start"), await it.pulumi("preview")]) {
        const line = lineOf(result);
        assert.match(line, /state of stack local/);
        assert.ok(line.includes(file), line);
        assert.match(line, /put/);
      }
      assert.equal(readFileSync(file, "utf8"), damaged);
    }
  });

  test("a stack file that is no YAML, and nothing is made", async () => {
    writeFileSync(join(it.root, "Pulumi.local.yaml"), "config:\n<<<<<<< HEAD\n  a: b\n=======\n");
    assert.match(lineOf(await it.npm("start")), /Pulumi\.local\.yaml: .*YAML/);
  });

  test("a state folder or a cache that cannot be written to, with the variable that moves it", async () => {
    const file = join(it.root, "package.json");
    it.env.BREAKWATER_HOME = file;
    for (const result of [await it.npm("start"), await it.pulumi("preview")]) {
      const line = lineOf(result);
      assert.ok(line.includes(file) && line.includes("BREAKWATER_HOME"), line);
    }
    delete it.env.BREAKWATER_HOME;
    const hasEngine = (folder: string) => existsSync(join(folder, "pulumi"));
    it.env.PATH = it.env.PATH?.split(delimiter)
      .filter((folder) => !hasEngine(folder))
      .join(delimiter);
    it.env.XDG_CACHE_HOME = file;
    assert.match(lineOf(await it.pulumi("version")), /XDG_CACHE_HOME/);
  });

  test("a damaged store of the local cloud, which stays as it is", async () => {
    const folder = join(it.home, "cloud");
    mkdirSync(folder, { recursive: true });
    const garbage = "this is no database\n".repeat(500);
    writeFileSync(join(folder, "store.db"), garbage);
    assert.match(lineOf(await it.npm("start")), /store\.db/);
    assert.equal(readFileSync(join(folder, "store.db"), "utf8"), garbage);
  });

  const canMount = spawnSync("unshare", ["-m", "true"]).status === 0 && process.getuid?.() === 0;
  const noMount = canMount ? false : "mounting a small file system needs root";

  test("a full disk, with the state as it was", { skip: noMount }, async () => {
    mkdirSync(it.home, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", it.home]);
    try {
      assert.equal((await it.pulumi("stack", "init", "local")).code, 0);
      const file = join(it.home, "pulumi", ".pulumi", "stacks", "breakwater", "local.json");
      const before = readFileSync(file, "utf8");
      fill(it.home);
      assert.match(lineOf(await it.npm("start")), /full/);
      assert.equal(readFileSync(file, "utf8"), before);
    } finally {
      await it.npm("stop");
      execFileSync("umount", [it.home]);
    }
  });
});

/** Writes until nothing more fits. */
function fill(folder: string): void {
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (let index = 0; ; index++)
        writeFileSync(join(folder, `filler-${size}-${index}`), Buffer.alloc(size));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }
}
