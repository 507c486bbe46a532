import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";

interface Drift {
  drift: boolean;
  differences: {
    name: string;
    what: string;
    properties: { path: string; state?: string; cloud?: string }[];
  }[];
  orphans: { urn: string; by: string }[];
}

interface Outputs {
  postgres: { clusterId: string };
  compute: { id: string };
}

interface App {
  app: {
    spec: { services: { instance_count: number; envs: { key: string; type: string; value: string }[] }[] };
  };
}

/** What somebody does in the control panel, each undone before the next. */
describe("npm run drift", () => {
  let it: Checkout;
  let outputs: Outputs;
  const state = () =>
    readFileSync(join(it.home, "pulumi", ".pulumi", "stacks", "breakwater", "local.json"), "utf8");

  /** What is found, by resource: its properties, or `gone`. The state is not written, and secrets are not shown. */
  async function drift(): Promise<{ code: number; found: Record<string, string[]>; report: Drift }> {
    const before = state();
    const { code, stdout, output } = await it.npm(
      "run",
      "--silent",
      "drift",
      "--",
      "--stack",
      "local",
      "--format",
      "json",
    );
    assert.ok(stdout.startsWith("{"), output);
    assert.equal(state(), before, "the state was written");
    const report: Drift = JSON.parse(stdout);
    const found = report.differences.map(({ name, what, properties }) => [
      name,
      properties.length > 0 ? properties.map(({ path }) => path) : [what],
    ]);
    return { code, found: Object.fromEntries(found), report };
  }

  async function put(path: string, body: object, method = "PUT"): Promise<void> {
    const { status, body: answer } = await it.api(method, path, body);
    assert.ok(status < 300, JSON.stringify(answer));
  }

  async function changeApp(edit: (service: App["app"]["spec"]["services"][number]) => void): Promise<void> {
    const path = `/v2/apps/${outputs.compute.id}`;
    const { spec } = ((await it.api("GET", path)).body as App).app;
    const [service] = spec.services;
    assert.ok(service);
    edit(service);
    await put(path, { spec });
  }

  before(async () => {
    it = await checkout();
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
    outputs = JSON.parse((await it.pulumi("stack", "output", "--json")).stdout);
  });
  after(() => it.remove());

  test("none after npm start, though each secret variable has another form; nor after a deployment that nobody here asked for", async () => {
    assert.deepEqual(await drift(), {
      code: 0,
      found: {},
      report: { stack: "local", drift: false, differences: [], orphans: [] },
    });
    await put(`/v2/apps/${outputs.compute.id}/deployments`, {}, "POST");
    assert.equal((await drift()).code, 0);
    const { code, stdout } = await it.npm("run", "--silent", "drift");
    assert.deepEqual([code, stdout], [0, "Stack local: no drift\n"]);
  });

  test("a cluster that was opened to the internet", async () => {
    const path = `/v2/databases/${outputs.postgres.clusterId}/firewall`;
    const before = (await it.api("GET", path)).body as { rules: object[] };
    await put(path, { rules: [{ type: "ip_addr", value: "0.0.0.0/0" }] });
    const { code, found, report } = await drift();
    assert.equal(code, 7);
    assert.deepEqual(found, { "postgres-firewall": ["rules[0].value", "rules[1]"] }); // one instead of two
    assert.equal(report.differences[0]?.properties[0]?.cloud, '"0.0.0.0/0"');
    const page = await it.npm("run", "--silent", "drift", "--", "--format", "markdown");
    assert.equal(page.code, 7);
    assert.match(
      page.stdout,
      /^\| postgres-firewall \| DatabaseFirewall \| .*rules.* \| "10\.100\.0\.0\/20" \| "0\.0\.0\.0\/0" \|$/m,
    );
    await put(path, before);
  });

  test("a variable of the app, and its containers", async () => {
    const known = new Map<string, string>();
    await changeApp((service) => {
      for (const variable of service.envs) {
        if (variable.key !== "DATABASE_CA_CERT") continue;
        known.set(variable.key, variable.value);
        variable.value = "changed by hand";
      }
      service.instance_count += 1;
      service.envs.push({ key: "DEBUG", value: "1", type: "GENERAL" });
    });
    const { code, found, report } = await drift();
    assert.equal(code, 7);
    assert.deepEqual(Object.keys(found), ["api-app"]);
    assert.ok(found["api-app"]?.includes("api DATABASE_CA_CERT"));
    assert.ok(found["api-app"]?.includes("api DEBUG"));
    assert.ok(found["api-app"]?.some((path) => path.endsWith("instanceCount")));
    assert.ok(
      !found["api-app"]?.some((path) => path.includes("DATABASE_URL")),
      "a secret that nobody changed",
    );
    assert.ok(!JSON.stringify(report).includes("changed by hand"));
    await changeApp((service) => {
      service.instance_count -= 1;
      service.envs = service.envs.filter(({ key }) => key !== "DEBUG");
      for (const variable of service.envs) variable.value = known.get(variable.key) ?? variable.value;
    });
    assert.equal((await drift()).code, 0, "undone");
  });

  test("a cluster that was resized, a pool that was deleted, and a cluster that nobody knows of", async () => {
    const { clusterId } = outputs.postgres;
    await put(`/v2/databases/${clusterId}/resize`, { size: "db-s-1vcpu-2gb", num_nodes: 2 });
    assert.equal((await it.api("DELETE", `/v2/databases/${clusterId}/pools/app-pool`)).status, 204);
    const fork = {
      name: "fork",
      engine: "pg",
      version: "17",
      size: "db-s-1vcpu-1gb",
      region: "fra1",
      num_nodes: 1,
    };
    const { body } = await it.api("POST", "/v2/databases", { ...fork, tags: ["breakwater-local"] });
    const { database } = body as { database: { id: string } };
    const { code, found, report } = await drift();
    assert.equal(code, 7);
    assert.deepEqual(found["postgres-cluster"]?.toSorted(), ["nodeCount", "size"]);
    assert.deepEqual(found["postgres-pool-app-pool"], ["gone"]);
    assert.deepEqual(report.orphans, [{ urn: `do:dbaas:${database.id}`, by: "tag" }]);
  });

  test("a stack that is not there is told in one line", async () => {
    const { code, stderr } = await it.npm("run", "--silent", "drift", "--", "--stack", "rehearse-nothing");
    assert.equal(code, 1);
    assert.match(stderr, /^breakwater: there is no stack rehearse-nothing yet/);
    const unknown = await it.npm("run", "--silent", "drift", "--", "--stack", "nothing");
    assert.deepEqual(
      [unknown.code, unknown.stderr],
      [1, "breakwater: there is no Pulumi.nothing.yaml; stacks with a file: local, prod, staging\n"],
    );
  });

  test("a real stack asks for a token", async () => {
    delete it.env.DIGITALOCEAN_TOKEN;
    delete it.env.DIGITALOCEAN_ACCESS_TOKEN;
    const { code, stderr } = await it.npm("run", "--silent", "drift", "--", "--stack", "prod");
    assert.equal(code, 1);
    assert.match(stderr, /stack prod is at DigitalOcean: export DIGITALOCEAN_TOKEN/);
  });
});
