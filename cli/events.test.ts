import assert from "node:assert/strict";
import { test } from "node:test";
import { refreshChanges, refusedParts } from "./events.ts";

const refusal = (type: string, name: string, words: string) => ({
  diagnosticEvent: {
    message: `unable to replace resource "urn:pulumi:local::breakwater::breakwater:data:Any$${type}::${name}"${words}`,
  },
});

test("a refused resource names what has to be allowed, and all that goes with it", () => {
  const direct = "\nas it is currently marked for protection. To unprotect";
  const chained = ' as part of replacing "urn:..." as it is currently marked for protection.';
  assert.deepEqual(
    refusedParts([refusal("digitalocean:index/databaseUser:DatabaseUser", "postgres-user-app", chained)]),
    ["postgres.users"],
  );
  const gone = " cannot be deleted\nbecause it is protected. To unprotect";
  assert.deepEqual(
    refusedParts([refusal("digitalocean:index/databaseUser:DatabaseUser", "mongo-user-app-2", gone)]),
    ["mongo.users"],
  );
  assert.deepEqual(
    refusedParts([refusal("digitalocean:index/databaseCluster:DatabaseCluster", "postgres-cluster", direct)]),
    ["postgres.cluster", "postgres.databases", "postgres.users"],
  );
  const network = refusedParts([refusal("digitalocean:index/vpc:Vpc", "network-vpc", direct)]);
  for (const part of ["network", "postgres.cluster", "postgres.users"])
    assert.ok(network.includes(part), part);
});

test("other events refuse nothing", () => {
  const other = { diagnosticEvent: { message: 'error: resource "urn:x" was not found' } };
  assert.deepEqual(
    refusedParts([
      {},
      { resourcePreEvent: {} },
      other,
      refusal("aws:s3/bucket:Bucket", "postgres-x", " marked for protection"),
    ]),
    [],
  );
});

test("a refresh's changes are what is not the same, with the paths that the provider tells", () => {
  const event = (op: string, more: object = {}) => ({
    resOutputsEvent: { metadata: { op, urn: "u", ...more } },
  });
  const changes = refreshChanges([
    event("same"),
    event("refresh"),
    event("update", { detailedDiff: { "a.b": {} }, diffs: ["a"] }),
    event("update", { detailedDiff: null, diffs: ["a"] }),
    event("delete"),
    {},
  ]);
  assert.deepEqual(
    changes.map(({ urn, op, paths }) => ({ urn, op, paths })),
    [
      { urn: "u", op: "update", paths: ["a.b"] },
      { urn: "u", op: "update", paths: ["a"] },
      { urn: "u", op: "delete", paths: [] },
    ],
  );
});

test("of a command that refreshes, then deletes, the refresh alone is looked at", () => {
  const event = (
    kind: "resourcePreEvent" | "resOutputsEvent",
    op: string,
    urn: string,
    more: object = {},
  ) => ({
    [kind]: { metadata: { op, urn, new: {}, ...more } },
  });
  const changes = refreshChanges([
    event("resourcePreEvent", "refresh", "same"),
    event("resOutputsEvent", "refresh", "same", { detailedDiff: {} }),
    event("resOutputsEvent", "refresh", "changed", { detailedDiff: { a: {} } }),
    event("resOutputsEvent", "refresh", "gone", { new: null }),
    event("resourcePreEvent", "delete", "same"),
    event("resOutputsEvent", "delete", "same", { new: null }),
  ]);
  assert.deepEqual(
    changes.map(({ urn, op }) => [urn, op]),
    [
      ["changed", "update"],
      ["gone", "delete"],
    ],
  );
});
