import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dueSince, startDumps } from "./dumps.ts";

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);

test("a daily dump is due from its hour on, and one that was missed at once", () => {
  assert.equal(dueSince(at("24T03:00"), 24, 3), at("24T03:00"));
  assert.equal(dueSince(at("24T02:59"), 24, 3), at("23T03:00"));
  assert.equal(dueSince(at("24T15:30"), 6, 3), at("24T15:00"));
});

test("the moment that is due is never in the future, nor longer ago than the period", () => {
  const hours = fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 24, 168);
  const now = fc.integer({ min: at("01T00:00"), max: at("30T00:00") });
  fc.assert(
    fc.property(now, hours, fc.integer({ min: 0, max: 23 }), (moment, every, hour) => {
      const due = dueSince(moment, every, hour);
      assert.ok(due <= moment && moment - due < every * 3_600_000);
      assert.ok((new Date(due).getUTCHours() - hour) % Math.min(every, 24) === 0);
    }),
  );
});

test("without a bucket there are no dumps; half of the variables is an error that shows no value", () => {
  const nothing = () => undefined;
  assert.equal(startDumps({}, [], nothing), undefined);
  assert.throws(
    () => startDumps({ DUMPS_BUCKET: "b", DUMPS_ENDPOINT: "secret" }, [], nothing),
    (error: Error) =>
      /DUMPS_ENDPOINT.*DUMPS_RECIPIENTS: missing/.test(error.message) && !/secret/.test(error.message),
  );
});
