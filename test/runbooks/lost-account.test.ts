import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeDump } from "../../runbooks/restore-drill/dumps/dump.ts";
import { bucketFor } from "../dumps/bucket.ts";
import { postgresFor } from "../dumps/server.ts";
import { runStep, stepsOf } from "./steps.ts";

const tool = "node runbooks/restore-drill/dumps/main.ts";

test("a database comes back from its dump with the bucket and the private key alone", async (t) => {
  const [server, bucket] = await Promise.all([postgresFor(t), bucketFor(t)]);
  const folder = mkdtempSync(join(tmpdir(), "breakwater-identity-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const DUMPS_IDENTITY_FILE = join(folder, "identity.txt");
  const { PATH } = process.env;

  const recipient = (await runStep(`${tool} identity '${DUMPS_IDENTITY_FILE}'`, { PATH })).trim();
  assert.equal(statSync(DUMPS_IDENTITY_FILE).mode & 0o777, 0o600);
  await assert.rejects(runStep(`${tool} identity '${DUMPS_IDENTITY_FILE}'`, { PATH }), /EEXIST/);

  for (const name of ["app", "empty"]) await server.sql("postgres", `create database ${name}`);
  await server.sql("app", "create table people as select n from generate_series(1, 42) n");
  await makeDump({ engine: "pg", uri: server.uri("app") }, bucket.store, [recipient]);
  await server.sql("postgres", "drop database app");

  const env = { PATH, ...bucket.variables, DUMPS_IDENTITY_FILE, TARGET_URL: server.uri("empty") };
  const [show = "", restore = "", look = "", ...more] = stepsOf("lost-account.md");
  assert.deepEqual(more, []);
  assert.equal(JSON.parse(await runStep(show, env)).parts[0].rows, 42);
  await assert.rejects(
    runStep(restore, { ...env, DUMPS_IDENTITY_FILE: undefined }),
    /dumps: DUMPS_IDENTITY_FILE is not set/,
  );
  await runStep(restore, env);
  assert.equal((await runStep(look, env)).trim(), "42");
  await assert.rejects(
    runStep(restore, env),
    /the database has 1 tables and views: restore into an empty one/,
  );
  const secret = readFileSync(DUMPS_IDENTITY_FILE, "utf8").split("\n")[1] ?? "";
  assert.ok(!(await runStep(show, env)).includes(secret));
});
