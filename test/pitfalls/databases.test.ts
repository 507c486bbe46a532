import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "../conformance/cloud.ts";
import { fresh, network, plan, postgres, write } from "./program.ts";

/** What goes wrong with managed databases, met by the components. docs/pitfalls.md has the list. */

const cloud = await cloudForTests();

/** Places in `requests` of those that match. */
const places = (requests: string[], pattern: RegExp): number[] =>
  requests.flatMap((request, index) => (pattern.test(request) ? [index] : []));

/** Every request that matches `before` came earlier than all that match `after`. */
function inOrder(requests: string[], before: RegExp, after: RegExp): void {
  const [first, second] = [places(requests, before), places(requests, after)];
  assert.ok(first.length > 0 && second.length > 0, requests.join("\n"));
  assert.ok(Math.max(...first) < Math.min(...second), `${before} before ${after}:\n${requests.join("\n")}`);
}

async function trusted(): Promise<object[]> {
  const { databases } = await cloud.call<{ databases: { id: string; name: string }[] }>(
    "GET",
    "/v2/databases",
  );
  const id = databases.find(({ name }) => name === "shop-pg")?.id;
  const { rules } = await cloud.call<{ rules: { type: string; value: string }[] }>(
    "GET",
    `/v2/databases/${id}/firewall`,
  );
  return rules.map(({ type, value }) => ({ type, value }));
}

test("the VPC is trusted before the first job needs the database, without knowing any app", async (t) => {
  const stack = await fresh(t, cloud);
  const grants = `new components.PostgresGrants("grants", { postgres, region: "fra1", vpcId }, opts);`;
  write(stack, network + postgres() + grants);
  const requests = await cloud.during(() => stack.up());
  inOrder(requests, /^PUT .*\/firewall$/, /^POST \/v2\/apps$/);
  assert.deepEqual(await trusted(), [{ type: "ip_addr", value: "10.20.0.0/20" }]);
});

test("firewall, then databases and users, then pools, one thing after another; a 500 is tried again", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + postgres());
  for (const path of ["/v2/databases/*/users", "/v2/databases/*/dbs", "/v2/databases/*/pools"])
    await cloud.fault({
      method: "POST",
      path,
      times: 1,
      effect: { kind: "status", status: 500, retry_after: 0 },
    });
  const requests = await cloud.during(() => stack.up());
  inOrder(requests, /^PUT .*\/firewall$/, /^POST .*\/(users|dbs)$/);
  inOrder(requests, /^POST .*\/(users|dbs)$/, /^POST .*\/pools$/);
  assert.equal(places(requests, /^POST .*\/pools$/).length, 2, "tried again");
});

test("no list of trusted sources is ever emptied: not when the firewall leaves the program, not in a destroy", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + postgres());
  await stack.up();
  write(stack, network);
  const requests = await cloud.during(() => stack.up());
  assert.deepEqual(places(requests, /^PUT .*\/firewall$/), []);
  assert.equal(places(requests, /^DELETE \/v2\/databases\/[^/]+$/).length, 1);
  write(stack, network + postgres());
  await stack.up();
  assert.deepEqual(await trusted(), [{ type: "ip_addr", value: "10.20.0.0/20" }]);
  const ending = await cloud.during(() => stack.destroy());
  assert.deepEqual(places(ending, /^PUT .*\/firewall$/), []);
});

test("a cluster that was made but not waited for is taken over, not made again", async (t) => {
  const stack = await fresh(t, cloud);
  // Any answer but 404 that stays an error ends the wait; the cluster is there all the same.
  await cloud.fault({ method: "GET", path: "/v2/databases/*", effect: { kind: "status", status: 403 } });
  write(stack, network + postgres());
  const { code } = await stack.tryUp();
  assert.notEqual(code, 0);
  await cloud.clearFaults();
  const { databases } = await cloud.call<{ databases: { id: string }[] }>("GET", "/v2/databases");
  assert.equal(databases.length, 1);
  write(stack, network + postgres(`import: { cluster: "${databases[0]?.id}" },`));
  await stack.up();
  assert.equal((await stack.resource("postgres-cluster")).id, databases[0]?.id);
  assert.deepEqual(await plan(stack), {});
});

test("what the platform moves by itself is no change; what would replace is refused or ignored", async (t) => {
  const stack = await fresh(t, cloud);
  const project = `const project = new digitalocean.Project("project", { name: "first" }, { provider });`;
  const growing =
    "storageAutoscale: { enabled: true, thresholdPercent: 80, incrementGib: 10 }, projectId: project.id,";
  const guarded = `${growing} protection: { retain: false },`;
  write(stack, network + project + postgres(guarded));
  await stack.up();
  const { id } = await stack.resource("postgres-cluster");
  await cloud.call("PUT", `/v2/databases/${id}/resize`, {
    size: "db-s-1vcpu-2gb",
    num_nodes: 1,
    storage_size_mib: 61440,
  });
  await stack.refresh();
  assert.deepEqual(await plan(stack), {}, "storage that has grown");

  const another = project.replaceAll("first", "second").replace(`"project"`, `"another"`);
  write(stack, network + another + postgres(guarded));
  assert.deepEqual(await plan(stack), { another: "create", project: "delete" }, "another project");

  write(stack, network + project + postgres(`${guarded} version: "18",`));
  assert.deepEqual(
    await plan(stack),
    { postgres: "update", "postgres-cluster": "update" },
    "a major version is an update in place",
  );

  write(stack, network + project + postgres(`${guarded} clusterName: "shop-pg-2",`));
  const refused = await stack.attempt(["preview"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.output, /unable to replace resource .*postgres-cluster.*marked for protection/s);
});

test("a window that comes back with seconds is no change", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + postgres());
  await stack.up();
  const { id } = await stack.resource("postgres-cluster");
  assert.partialDeepStrictEqual(await cloud.call("GET", `/v2/databases/${id}`), {
    database: { maintenance_window: { day: "sunday", hour: "04:00:00" } },
  });
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});
