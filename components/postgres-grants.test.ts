import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { grantsSql } from "./grants.ts";
import { grantsCommand, PostgresGrants } from "./postgres-grants.ts";
import { record } from "./testing.ts";

const sql = grantsSql([{ name: "app", user: "app" }]);
const postgres = {
  version: "17",
  host: pulumi.output("private.example"),
  port: pulumi.output(25060),
  adminUser: pulumi.output("doadmin"),
  adminPassword: pulumi.secret("of the administrator"),
  sslMode: "verify-full",
  caCertificate: pulumi.output("-----BEGIN"),
  grantsSql: pulumi.output(sql),
  grantsSecrets: {},
} as const;

test("the grants are one PRE_DEPLOY job in the VPC, with psql of the cluster's version", async () => {
  const { named } = await record(
    () =>
      new PostgresGrants("grants", { postgres, region: "fra1", vpcId: "the-vpc", projectId: "the-project" }),
  );
  const app = named("grants-app");
  const value = (key: string, type: string, text: string) => ({ key, value: text, type, scope: "RUN_TIME" });
  assert.deepEqual(app.inputs, {
    projectId: "the-project",
    spec: {
      name: "grants",
      region: "fra",
      vpcs: [{ id: "the-vpc" }],
      alerts: [{ rule: "DEPLOYMENT_FAILED" }],
      jobs: [
        {
          name: "grants",
          kind: "PRE_DEPLOY",
          image: {
            registryType: "DOCKER_HUB",
            registry: "library",
            repository: "postgres",
            tag: "17-alpine",
          },
          instanceSizeSlug: "apps-s-1vcpu-0.5gb",
          instanceCount: 1,
          runCommand: grantsCommand,
          envs: [
            value("CA_CERT", "GENERAL", "-----BEGIN"),
            value("GRANTS_SQL", "GENERAL", sql),
            value("PGDATABASE", "GENERAL", "defaultdb"),
            value("PGHOST", "GENERAL", "private.example"),
            value("PGPASSWORD", "SECRET", "of the administrator"),
            value("PGPORT", "GENERAL", "25060"),
            value("PGSSLMODE", "GENERAL", "verify-full"),
            value("PGUSER", "GENERAL", "doadmin"),
          ],
        },
      ],
    },
  });
  assert.deepEqual(app.secrets, ["spec.jobs[0].envs[4].value"]);
  assert.deepEqual(app.ignoreChanges, ["projectId"]);
});

/** Runs the job's command with a psql that only writes down what it was given. */
function run(env: Record<string, string>, exit = 0) {
  const folder = mkdtempSync(join(tmpdir(), "grants-"));
  try {
    const psql = join(folder, "psql");
    writeFileSync(
      psql,
      `#!/bin/sh\nprintf '%s\\n' "$@" > "$OUT/args"\ncat > "$OUT/stdin"\ncat "$PGSSLROOTCERT" > "$OUT/ca"\nexit ${exit}\n`,
    );
    chmodSync(psql, 0o755);
    execFileSync("/bin/sh", ["-c", grantsCommand], {
      env: { ...env, OUT: folder, PATH: `${folder}:/usr/bin:/bin` },
      stdio: "pipe",
    });
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    return { args: read("args").trim().split("\n"), stdin: read("stdin"), ca: read("ca") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("psql gets statements and certificate as they are, and nothing is read as shell", () => {
  const hostile = 'a\' "b" $(touch pwned) `id` ; exit 1 \\ %s';
  const { args, stdin, ca } = run({
    GRANTS_SQL: `${sql}\n-- ${hostile}`,
    CA_CERT: hostile,
    PGPASSWORD: hostile,
  });
  assert.equal(stdin, `${sql}\n-- ${hostile}\n`);
  assert.equal(ca, hostile);
  assert.deepEqual(args, ["--no-psqlrc", "--set=ON_ERROR_STOP=1"]);
});

test("the job fails when a statement fails, or when something it needs is missing", () => {
  assert.throws(() => run({ GRANTS_SQL: sql, CA_CERT: "ca" }, 3), { status: 3 });
  assert.throws(() => run({ GRANTS_SQL: sql }));
});

test("a name over the limit is refused before anything is created", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () => new PostgresGrants("grants", { postgres, region: "fra1", vpcId: "v", appName: "x".repeat(33) }),
      /appName x+ must be at most 32/,
    ),
  );
  assert.deepEqual(resources, []);
});
