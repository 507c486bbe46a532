import assert from "node:assert/strict";
import { test } from "node:test";
import type { Content, Recording } from "../recordings/recording.ts";
import { NotTested } from "./check.ts";
import { asRecorded } from "./contents.ts";

const time = new Date("2026-11-24T12:00:00Z");
const recorded = (at: string, content: Content): Recording => ({
  at: `2026-11-24T${at}Z`,
  database: "app",
  schema: "s",
  tables: { t: content },
});
const empty: Content = { rows: 0, digest: "none" };
const restored = new Map([["t", { rows: 500, digest: "some" }]]);
const compared = (before: Content, after: Content) =>
  asRecorded(restored, [recorded("11:00:00", before), recorded("13:00:00", after)], time);

test("rows that came and went between the recordings are no difference where writes are counted", () => {
  assert.throws(
    () => compared({ ...empty, writes: "0" }, { ...empty, writes: "1000" }),
    (error) => error instanceof NotTested && /every table was written/.test(error.message),
  );
});

test("a table that nobody has written must be what it was", () => {
  const { problems } = compared({ ...empty, writes: "7" }, { ...empty, writes: "7" });
  assert.match(problems?.join() ?? "", /t has 500 rows instead of 0/);
});

test("where no writes are counted, a difference is a doubt, and what is equal is equal", () => {
  assert.throws(
    () => compared(empty, empty),
    (error) => error instanceof NotTested && error.numbers.doubtful === 1 && /500 rows/.test(error.message),
  );
  const same = { rows: 500, digest: "some" };
  assert.deepEqual(compared(same, same).problems, []);
});
