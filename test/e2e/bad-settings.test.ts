import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { contents } from "./account.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

describe("wrong settings", () => {
  let it: Checkout;
  let original: string;
  const stackFile = () => join(it.root, "Pulumi.local.yaml");

  before(async () => {
    it = await checkout();
    original = readFileSync(stackFile(), "utf8");
    assert.equal((await it.pulumi("stack", "init", "local")).code, 0);
    original = readFileSync(stackFile(), "utf8");
  });
  after(() => it.remove());

  test("every problem is named at once, with path, value and what is allowed, before any resource", async () => {
    change(it.root, ["region"], "mars1");
    change(it.root, ["postgres", "nodeCount"], 9);
    change(it.root, ["postgres", "sice"], "db-s-1vcpu-1gb");
    change(it.root, ["network", "ipRange"], "10.0.0.0/8");
    change(it.root, ["app", "port"], "http");
    change(it.root, ["secretEnv", "API_TOKEN"], "a-secret-in-clear");
    for (const command of [["preview"], ["up", "--yes"], ["up", "--yes", "--skip-preview"]]) {
      const { code, output } = await it.pulumi(...command);
      assert.notEqual(code, 0);
      for (const [path, value] of [
        ["region", "mars1"],
        ["postgres.nodeCount", "9"],
        ["postgres.sice", ""],
        ["network.ipRange", "10.0.0.0/8"],
        ["app.port", "http"],
      ] as const) {
        const line = output.split("\n").find((text) => text.includes(path));
        assert.ok(line, `${path} is not named:\n${output}`);
        assert.ok(line.includes(value), line);
      }
      assert.match(output, /fra1/, "what is allowed is not named");
      assert.match(output, /secretEnv\.API_TOKEN/);
      assert.doesNotMatch(output, /a-secret-in-clear/);
      assert.doesNotMatch(output, /\n\s+at .+:\d+/, "a stack trace");
    }
    for (const time of ["first", "second"]) {
      const { code, output } = await it.npm("start");
      assert.notEqual(code, 0);
      assert.match(output, /region: "mars1"/, `the ${time} npm start does not say what is wrong:\n${output}`);
    }
    const { databases, apps, projects } = await contents(it);
    assert.deepEqual([databases, apps], [[], []]);
    assert.equal(projects?.length, 1, "only the default project");
    writeFileSync(stackFile(), original);
  });

  test("what concerns more than one setting is named too, in a preview of a whole stack file", async () => {
    change(it.root, ["budget"], 10);
    change(it.root, ["mongo", "nodeCount"], 2);
    change(it.root, ["compute"], "droplets");
    change(it.root, ["droplets", "sshKeys"], []);
    change(it.root, ["network"], {
      separateData: true,
      ipRange: "10.64.0.0/20",
      appsIpRange: "10.64.8.0/22",
    });
    change(it.root, ["postgres", "databases"], [{ name: "app", user: "doadmin" }]);
    change(it.root, ["app", "region"], "lon");
    const { code, output } = await it.pulumi("preview");
    assert.notEqual(code, 0);
    for (const line of [
      /breakwater:budget: 10 must be at least [\d.]+, what these settings can cost a month; dearest: /,
      /breakwater:mongo\.nodeCount: 2 must be 1 or 3/,
      /breakwater:droplets\.sshKeys: \[\] must have at least one entry/,
      /breakwater:network\.appsIpRange: "10\.64\.8\.0\/22" must not overlap network\.ipRange, 10\.64\.0\.0\/20/,
      /breakwater:postgres\.databases\[0\]\.user: "doadmin" is the administrator/,
      /breakwater:app\.region: "lon" must be fra/,
    ])
      assert.match(output, line);
    assert.doesNotMatch(output, /\n\s+at .+:\d+/, "a stack trace");
    writeFileSync(stackFile(), original);
  });

  test("stack local refuses every API that is not on this machine", async () => {
    for (const endpoint of [
      "https://api.digitalocean.com",
      "http://127.0.0.1.example.com:7480",
      "http://localhost@example.com",
      "http://10.0.0.1:7480",
      "not a url",
    ]) {
      change(it.root, ["digitalocean:apiEndpoint"], endpoint);
      const { code, output } = await it.pulumi("preview");
      assert.notEqual(code, 0, endpoint);
      assert.match(output, /digitalocean:apiEndpoint .*must be (on this machine|a base URL)/, output);
      assert.doesNotMatch(output, /\n\s+at .+:\d+/);
    }
    writeFileSync(stackFile(), original);
  });

  for (const stack of ["staging", "prod"])
    test(`stack ${stack} refuses an API on this machine`, async () => {
      const state = join(it.home, `state of ${stack}`);
      const variables = {
        PULUMI_BACKEND_URL: `file://${state}?create_dir=true`,
        PULUMI_HOME: join(it.home, "pulumi-home"),
        PULUMI_CONFIG_PASSPHRASE: "for this test",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        DIGITALOCEAN_TOKEN: "none",
      };
      Object.assign(it.env, variables);
      const init = await it.pulumi("stack", "init", stack);
      assert.equal(init.code, 0, init.output);
      for (const endpoint of ["http://127.0.0.1:7480", "http://localhost:7480", "http://[::1]:7480"]) {
        it.env.DIGITALOCEAN_API_URL = endpoint;
        const { code, output } = await it.pulumi("preview", "--stack", stack);
        assert.notEqual(code, 0, endpoint);
        assert.match(output, /must not be on this machine/, output);
      }
      for (const name of [...Object.keys(variables), "DIGITALOCEAN_API_URL"]) delete it.env[name];
    });
});
