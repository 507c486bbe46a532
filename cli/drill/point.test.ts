import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../errors.ts";
import { choose, NoRestorePoint } from "./point.ts";

const backups = [
  { createdAt: "2026-11-22T02:30:00Z", gib: 1 },
  { createdAt: "2026-11-23T02:30:00Z", gib: 1.1 },
];
const now = new Date("2026-11-23T12:00:00Z");

test("without a time it is the newest listed backup, and the disaster is now", () => {
  const point = choose(backups, undefined, now);
  assert.equal(point.requested, "2026-11-23T02:30:00Z");
  assert.equal(point.target.toISOString(), "2026-11-23T02:30:00.999Z", "told in whole seconds");
  assert.equal(point.listed, true);
  assert.equal(point.incident, now);
});

test("a time starts from the last backup that had ended by then", () => {
  const point = choose(backups, "2026-11-23T01:00:00.250+00:00", now);
  assert.equal(point.backup.createdAt, "2026-11-22T02:30:00Z");
  assert.equal(point.requested, "2026-11-23T01:00:00.250Z");
  assert.equal(point.listed, false);
  assert.equal(point.incident.toISOString(), "2026-11-23T01:00:00.250Z");
});

test("the time of a listed backup is that backup, as the API lists it", () => {
  const point = choose(backups, "2026-11-22T03:30:00+01:00", now);
  assert.equal(point.requested, "2026-11-22T02:30:00Z");
  assert.equal(point.listed, true);
});

test("what a restore would do wrong, or not at all, is refused beforehand", () => {
  const refused = (at: string | undefined, of = backups) => {
    try {
      choose(of, at, now);
    } catch (error) {
      assert.ok(error instanceof NoRestorePoint);
      return error.message;
    }
    return "";
  };
  assert.match(
    refused("2026-11-22T02:29:59Z"),
    /older than the oldest backup.*2026-11-22T02:30:00Z.*later state/,
  );
  assert.match(refused("2026-11-23T12:00:01Z"), /has not been yet.*2026-11-23T12:00:00.000Z/);
  assert.match(refused(undefined, []), /no backup yet/);
});

test("a time without a zone is nobody's time", () => {
  assert.throws(() => choose(backups, "2026-11-23T01:00:00", now), UserError);
  assert.throws(() => choose(backups, "yesterday", now), UserError);
});
