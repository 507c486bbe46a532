import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { contents } from "./account.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

/** What somebody has in the environment who works with real accounts too. None of it may reach stack `local`. */
const elsewhere = {
  PULUMI_ACCESS_TOKEN: "pul-of-a-real-account",
  PULUMI_BACKEND_URL: "s3://a-real-bucket",
  PULUMI_CONFIG_PASSPHRASE: "of another stack",
  PULUMI_DIY_BACKEND_GZIP: "true",
  DIGITALOCEAN_TOKEN: "dop_v1_of_a_real_account",
  DIGITALOCEAN_API_URL: "https://api.digitalocean.com",
  AWS_ACCESS_KEY_ID: "of-a-real-account",
};

/** The whole life of stack `local`, in order, through the commands that a user has. */
for (const compute of ["app-platform", "droplets"] as const)
  describe(`stack local on ${compute}`, () => life(compute));

function life(compute: "app-platform" | "droplets"): void {
  let it: Checkout;
  let fresh: Record<string, string[]>;
  const stateFile = () => join(it.home, "pulumi", ".pulumi", "stacks", "breakwater", "local.json");

  /** The operations that a preview plans, without those that leave things as they are. */
  async function planned(): Promise<Record<string, string>> {
    const { stdout } = await it.pulumi("preview", "--json");
    const steps: Array<{ op: string; urn: string }> = JSON.parse(stdout).steps;
    const changes = steps.filter(({ op }) => op !== "same");
    return Object.fromEntries(changes.map(({ op, urn }) => [urn.split("::").pop() ?? urn, op]));
  }

  before(async () => {
    it = await checkout(elsewhere);
    change(it.root, ["compute"], compute);
    // What a new account has: seen before anything is brought up.
    assert.equal((await it.pulumi("stack", "ls")).code, 0);
    const preview = await it.pulumi("stack", "init", "local");
    assert.equal(preview.code, 0, preview.output);
    const first = await it.pulumi("preview");
    assert.equal(first.code, 0, first.output);
    fresh = await contents(it);
  });
  after(() => it.remove());

  test("npm start ends with 0 and prints the address table", async () => {
    const { code, stdout, output } = await it.npm("start");
    assert.equal(code, 0, output);
    assert.match(stdout, /Local cloud \(console\) +http:\/\/127\.0\.0\.1:\d+/);
    assert.match(stdout, /API +https?:\/\/\S+/);
    for (const name of ["Postgres", "Mongo", "Cache"]) assert.match(stdout, new RegExp(`${name} +\\S+:\\d+`));
    for (const name of ["Documents", "Assets"])
      assert.match(stdout, new RegExp(`${name} +http://\\S+, bucket \\S+`));
    assert.match(stdout, compute === "droplets" ? /Load balancer +[\d.]+/ : /App +http:\/\/\S+/);
    const now = await contents(it);
    assert.notDeepEqual(now, fresh);
  });

  test("a second npm start changes nothing", async () => {
    const before = readFileSync(stateFile());
    const { code, output } = await it.npm("start");
    assert.equal(code, 0, output);
    assert.match(output, /up to date/);
    assert.deepEqual(readFileSync(stateFile()), before);
  });

  test("a preview and a refresh find no changes", async () => {
    for (const args of [
      ["preview", "--expect-no-changes"],
      ["refresh", "--preview-only", "--expect-no-changes"],
    ]) {
      const { code, output } = await it.pulumi(...args);
      assert.equal(code, 0, output);
    }
  });

  test("a change of settings updates in place", async () => {
    change(it.root, ["postgres", "config", "backupHour"], 5);
    assert.deepEqual(Object.values(await planned()), ["update"]);
    const { code, output } = await it.pulumi("up", "--yes");
    assert.equal(code, 0, output);
    const { postgres } = JSON.parse((await it.pulumi("stack", "output", "--json")).stdout);
    const { body } = await it.api("GET", `/v2/databases/${postgres.clusterId}/config`);
    assert.equal((body as { config: { backup_hour: number } }).config.backup_hour, 5);
    assert.deepEqual(await planned(), {});
  });

  test("a new version of the product takes over", async () => {
    const output = async () => JSON.parse((await it.pulumi("stack", "output", "--json")).stdout).compute;
    const before = await output();
    change(it.root, ["app", "env", "LOG_LEVEL"], "debug");
    change(it.root, ["app", "migrateCommand"], "flask db upgrade");
    const up = await it.pulumi("up", "--yes");
    assert.equal(up.code, 0, up.output);
    const now = await output();
    const { autoscale_pools: pools, apps, droplets } = await contents(it);
    if (compute === "app-platform") assert.equal(now.id, before.id, "an app is updated in place");
    else {
      assert.notEqual(now.id, before.id, "another template is another pool");
      assert.equal(pools?.length, 1, "the old pool is gone");
      assert.equal(droplets?.length, 1, "and its droplets with it");
      assert.ok(apps?.includes("breakwater-local-schema"), "the migration has its job");
    }
    assert.deepEqual(await planned(), {});
  });

  if (compute === "droplets")
    test("a replacement of the load balancer is refused: it would have another address", async () => {
      change(it.root, ["network", "separateData"], true);
      const { code, output } = await it.pulumi("preview");
      assert.notEqual(code, 0, output);
      assert.match(output, /breakwater:allowReplace: \[.*loadBalancer.*\]/);
      change(it.root, ["network", "separateData"], undefined);
    });

  test("a replacement of the database is refused, in preview and in up, with how to allow it", async () => {
    const before = await contents(it);
    change(it.root, ["postgres", "name"], "another-name");
    for (const args of [["preview"], ["up", "--yes"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await it.pulumi(...args);
      assert.notEqual(code, 0, output);
      assert.match(output, /marked for protection/);
      assert.match(output, /breakwater:allowReplace: \[.*postgres\.cluster.*\]/);
    }
    assert.deepEqual(await contents(it), before);
  });

  test("it is allowed in the way that the refusal names", async () => {
    change(it.root, ["postgres", "name"], undefined);
    change(it.root, ["allowReplace"], ["postgres.cluster", "postgres.databases", "postgres.users"]);
    const lift = await it.pulumi("up", "--yes");
    assert.equal(lift.code, 0, lift.output);
    change(it.root, ["postgres", "name"], "another-name");
    const { code, output } = await it.pulumi("up", "--yes");
    assert.equal(code, 0, output);
    const { databases } = await contents(it);
    assert.deepEqual(databases, ["another-name", "breakwater-local-cache", "breakwater-local-mongo"]);
    change(it.root, ["allowReplace"], undefined);
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
  });

  test("destroy leaves the account as a new one is", async () => {
    const { code, output } = await it.pulumi("destroy", "--yes");
    assert.equal(code, 0, output);
    assert.deepEqual(await contents(it), fresh);
  });

  test("npm stop ends the local cloud, and --reset wipes its state", async () => {
    const pid = it.cloudPid();
    assert.equal((await it.npm("stop")).code, 0);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    const { code } = await it.npm("stop", "--", "--reset");
    assert.equal(code, 0);
    assert.throws(() => readFileSync(stateFile()), { code: "ENOENT" });
  });
}
