import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Compares with what was agreed on; `UPDATE_GOLDEN=1 node --test settings/ index.test.ts` agrees on what is now. */
export function matchesGolden(name: string, value: unknown): void {
  const file = fileURLToPath(new URL(`${name}.json`, import.meta.url));
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  assert.deepEqual(
    JSON.parse(text),
    JSON.parse(readFileSync(file, "utf8")),
    `${name} changed: UPDATE_GOLDEN=1 npm test, then look at the difference in git`,
  );
}
