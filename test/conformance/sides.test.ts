import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "./cloud.ts";
import { otherSide, side } from "./sides.ts";
import { stackFor } from "./stack.ts";

const cloud = await cloudForTests();

const program = `
  const net = new digitalocean.Vpc("net", { region: "ams3" }, cloud);
  const db = new digitalocean.DatabaseCluster("pg", { engine: "pg", version: "17", size: "db-s-1vcpu-2gb", region: "ams3",
    nodeCount: 1, privateNetworkUuid: net.id, tags: ["one"], maintenanceWindows: [{ day: "sunday", hour: "03:00" }] }, cloud);
  new digitalocean.DatabaseFirewall("fw", { clusterId: db.id, rules: [{ type: "ip_addr", value: net.ipRange }] }, cloud);
  const user = new digitalocean.DatabaseUser("user", { clusterId: db.id }, cloud);
  new digitalocean.DatabasePostgresqlConfig("settings", { clusterId: db.id, timezone: "UTC" }, cloud);
  const pw = new random.RandomPassword("pw", { length: 20 });
  new random.RandomId("id", { byteLength: 4 });
  new command.local.Command("step", { create: "echo one", environment: { A: pw.result } });
  const app = new digitalocean.App("app", { spec: { name: "shop", region: "ams", vpcs: [{ id: net.id }],
    services: [{ name: "api", image: { registryType: "DOCKER_HUB", registry: "library", repository: "nginx", tag: "1" },
      httpPort: 8080, envs: [{ key: "PW", type: "SECRET", value: pw.result }, { key: "A", type: "GENERAL", value: "1" }] }],
    alerts: [{ rule: "DEPLOYMENT_FAILED" }] } }, cloud);
  const project = new digitalocean.Project("project", { environment: "Development" }, cloud);
  new digitalocean.ProjectResources("in-it", { project: project.id, resources: [db.clusterUrn, app.appUrn] }, cloud);`;

test("what one side has made the other leaves as it is, and can take away", {
  skip: otherSide === undefined && "the official plugins are not on the PATH",
}, async (t) => {
  const stack = await stackFor(t, cloud);
  stack.program(program);
  await stack.up();
  assert.deepEqual(await stack.preview(otherSide), [], `made by ${side}`);
  await stack.run(
    ["refresh", "--yes", "--skip-preview", "--target", "**net", "--target", "**pg", "--target", "**fw"],
    {},
    otherSide,
  );
  assert.deepEqual(await stack.preview(side), [], `refreshed by ${otherSide}`);
  await stack.run(["destroy", "--yes", "--skip-preview"], {}, otherSide);
  assert.deepEqual(await stack.state(), []);
});
