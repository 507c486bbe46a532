import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openCommand, seal, shellVariables } from "./sealed.ts";

const key = "k".repeat(64);
const name = fc
  .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
  .filter((text) => !/^(_|UID|EUID|PPID|IFS)$/.test(text));
/** Text as an environment can hold it: anything but NUL. */
const value = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "é"),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
  })
  .map((text) => text.replaceAll("\0", ""));

test("openssl opens what was sealed, with its digest before it; bash reads each variable as it was", () => {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-sealed-"));
  try {
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 5 }), (variables) => {
        const text = shellVariables(variables);
        writeFileSync(join(folder, "sealed"), seal(text, key));
        writeFileSync(join(folder, "key"), key);
        execFileSync("bash", ["-c", openCommand("sealed", "key", "plain")], { cwd: folder });
        const [digest, ...rest] = readFileSync(join(folder, "plain"), "utf8").split("\n");
        assert.equal(rest.join("\n"), text);
        const sum = execFileSync("sha256sum", { input: text, encoding: "utf8" });
        assert.equal(sum.split(" ")[0], digest);
        writeFileSync(join(folder, "env"), text);
        for (const [each, expected] of Object.entries(variables)) {
          const script = `set -euo pipefail; . ./env; printf '%s' "\${${each}}"`;
          assert.equal(execFileSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" }), expected);
        }
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a seal is the same each time, tells equal from unequal and nothing else", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string({ minLength: 8 }), (a, b) => {
      assert.equal(seal(a, key), seal(a, key));
      if (a !== b) assert.notEqual(seal(a, key), seal(b, key));
      assert.notEqual(seal(a, key), seal(a, "x".repeat(64)));
      assert.match(seal(a, key), /^[A-Za-z0-9+/]+=*$/);
      assert.ok(!seal(a, key).includes(a) || /^[A-Za-z0-9+/]{8}$/.test(a));
    }),
    { numRuns: 25 },
  );
});

test("another key, or a changed seal, opens nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-sealed-"));
  const opens = (sealed: string, withKey: string) => {
    writeFileSync(join(folder, "sealed"), sealed);
    writeFileSync(join(folder, "key"), withKey);
    try {
      execFileSync("bash", ["-c", openCommand("sealed", "key", "plain")], { cwd: folder, stdio: "ignore" });
    } catch {
      return false;
    }
    const [digest, ...rest] = readFileSync(join(folder, "plain"), "latin1").split("\n");
    const sum = execFileSync("sha256sum", {
      input: Buffer.from(rest.join("\n"), "latin1"),
      encoding: "utf8",
    });
    return sum.split(" ")[0] === digest;
  };
  try {
    const sealed = seal("TOKEN='planted'\n", key);
    assert.ok(opens(sealed, key));
    assert.ok(!opens(sealed, "other"));
    const bytes = Buffer.from(sealed, "base64");
    for (let index = 8; index < bytes.length; index += 7) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.ok(!opens(changed.toString("base64"), key), `byte ${index}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
