import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudForTests } from "../conformance/cloud.ts";
import { fresh, network, plan, postgres, write } from "./program.ts";

/** Slow enough that a cluster is still a member of its VPC when the VPC's deletion is asked for. */
const cloud = await cloudForTests({ timeScale: 0.03 });

test("a VPC waits for members that take their time to leave", async (t) => {
  const stack = await fresh(t, cloud);
  write(stack, network + postgres());
  await stack.up();
  const before = cloud.requests.length;
  await stack.destroy();
  const deletions = cloud.requests
    .slice(before)
    .filter(({ method, path }) => method === "DELETE" && /^\/v2\/vpcs\//.test(path))
    .map(({ status }) => status);
  assert.ok(deletions.length > 1, `refused at first: ${deletions}`);
  assert.equal(deletions.at(-1), 204);
  const { vpcs } = await cloud.call<{ vpcs: { default: boolean }[] }>("GET", "/v2/vpcs?per_page=200");
  assert.ok(vpcs.every((vpc) => vpc.default));
});

test("what is filed under a project is filed once, and a refresh agrees", async (t) => {
  const stack = await fresh(t, cloud);
  const project = `const project = new components.Project("project",
    { projectName: "shop", tag: "shop", environment: "Development", retain: false }, opts);`;
  const zone = `const zone = new digitalocean.Domain("zone", { name: "shop.example" }, { provider });
    project.file("zone", [zone.domainUrn]);`;
  write(stack, network + project + zone + postgres("projectId: project.projectId,"));
  await stack.up();
  const { id } = await stack.resource("project-project");
  const { resources } = await cloud.call<{ resources: { urn: string }[] }>(
    "GET",
    `/v2/projects/${id}/resources`,
  );
  const cluster = await stack.resource("postgres-cluster");
  assert.deepEqual(resources.map(({ urn }) => urn).sort(), [
    `do:dbaas:${cluster.id}`,
    "do:domain:shop.example",
  ]);
  await stack.refresh();
  assert.deepEqual(await plan(stack), {});
});
