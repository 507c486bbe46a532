import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "./base.ts";
import { Operations, type OperationsArgs } from "./operations.ts";
import { record } from "./testing.ts";

const args: OperationsArgs = {
  region: "fra1",
  vpcId: "the-vpc",
  appName: "shop-prod-worker",
  image: { registryType: "DOCR", repository: "breakwater-operations", tag: "v1" },
  command: "node worker/main.ts",
  env: { CANARY_PERIOD_SECONDS: "10" },
  secretEnv: { CANARY_DATABASE_URL: pulumi.output("postgresql://canary") },
};

test("one worker in the VPC, with its secrets encrypted, that tells of its trouble", async () => {
  const { named, result } = await record(() => new Operations("operations", args));
  const { spec } = named("operations-app").inputs as {
    spec: { name: string; vpcs: unknown; services?: unknown; workers: Record<string, unknown>[] };
  };
  assert.equal(spec.name, "shop-prod-worker");
  assert.deepEqual(spec.vpcs, [{ id: "the-vpc" }]);
  assert.equal(spec.services, undefined);
  assert.equal(spec.workers.length, 1);
  const [worker = {}] = spec.workers;
  assert.equal(worker.runCommand, "node worker/main.ts");
  assert.equal(worker.instanceCount, 1);
  assert.deepEqual(worker.envs, [
    { key: "CANARY_DATABASE_URL", value: "postgresql://canary", type: "SECRET", scope: "RUN_TIME" },
    { key: "CANARY_PERIOD_SECONDS", value: "10", type: "GENERAL", scope: "RUN_TIME" },
  ]);
  assert.deepEqual(
    (worker.alerts as { rule: string }[]).map(({ rule }) => rule),
    ["CPU_UTILIZATION", "MEM_UTILIZATION", "RESTART_COUNT"],
  );
  assert.deepEqual(
    result.costs.map(({ what, quantity }) => [what, quantity]),
    [["app container apps-s-1vcpu-0.5gb", 1]],
  );
});

test("what can't be right is told before anything is made", async () => {
  const wrong = { ...args, appName: "Shop", image: { ...args.image, digest: "sha256:0" } };
  await assert.rejects(
    record(() => new Operations("operations", wrong)),
    (error: unknown) =>
      error instanceof InvalidArguments &&
      /appName Shop/.test(error.message) &&
      /tag or digest/.test(error.message),
  );
});
