import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const home = mkdtempSync(join(tmpdir(), "breakwater-state-"));
process.env.BREAKWATER_HOME = home;
after(() => rmSync(home, { recursive: true }));

test("attributes that a kill has cut short go, whole ones stay", async () => {
  const { dropCutAttributes } = await import("./state.ts");
  const folder = join(home, "pulumi", ".pulumi", "stacks", "breakwater");
  mkdirSync(folder, { recursive: true });
  const [cut, whole] = [join(folder, "local.json.attrs"), join(folder, "local.json.bak.attrs")];
  for (const text of ["", '{"user.cache_control":']) {
    writeFileSync(cut, text);
    writeFileSync(whole, '{"user.content_type":"application/json"}');
    dropCutAttributes("local");
    assert.equal(existsSync(cut), false);
    assert.equal(existsSync(whole), true);
  }
  dropCutAttributes("local"); // nothing there is nothing to do
});
