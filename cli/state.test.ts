import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const home = mkdtempSync(join(tmpdir(), "breakwater-state-"));
process.env.BREAKWATER_HOME = home;
const folder = join(home, "pulumi", ".pulumi", "stacks", "breakwater");
before(() => mkdirSync(folder, { recursive: true }));
after(() => rmSync(home, { recursive: true }));

test("attributes that a kill has cut short go, whole ones stay", async () => {
  const { dropCutAttributes } = await import("./state.ts");
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

test("outputs are those of the stack, with secrets hidden wherever they are", async () => {
  const { outputsOf } = await import("./state.ts");
  assert.deepEqual(outputsOf("there-is-none"), {});
  const secret = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "v1:x:y",
  };
  const resources = [
    { type: "pulumi:providers:random", outputs: { version: "4.21.2" } },
    {
      type: "pulumi:pulumi:Stack",
      outputs: {
        siteUrl: "https://s.test",
        mongo: null,
        postgres: { uri: secret, users: [secret], port: 1 },
      },
    },
  ];
  writeFileSync(join(folder, "some.json"), JSON.stringify({ checkpoint: { latest: { resources } } }));
  assert.deepEqual(outputsOf("some"), {
    siteUrl: "https://s.test",
    mongo: null,
    postgres: { uri: "[secret]", users: ["[secret]"], port: 1 },
  });
});
