import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor, type Made, onlineCluster } from "../testing.ts";

test("a new account has its default project; another can take its place", async (t) => {
  const cloud = await cloudFor(t);
  const first = (await cloud.get<{ project: Made }>("/v2/projects/default")).body.project;
  assert.equal(first.is_default, true);
  assert.equal((await cloud.delete(`/v2/projects/${first.id}`)).status, 403);
  const own = await cloud.make("/v2/projects", { name: "own", purpose: "Web Application" });
  assert.equal((await cloud.patch(`/v2/projects/${own.id}`, { is_default: true })).status, 200);
  assert.equal((await cloud.get<{ project: Made }>("/v2/projects/default")).body.project.id, own.id);
  assert.equal((await cloud.delete(`/v2/projects/${first.id}`)).status, 204);
});

test("a purpose of one's own is kept as Other, null leaves a field as it is", async (t) => {
  const cloud = await cloudFor(t);
  const project = await cloud.make("/v2/projects", {
    name: "p",
    purpose: "Feeding cats",
    environment: "production",
  });
  assert.partialDeepStrictEqual(project, {
    purpose: "Other: Feeding cats",
    environment: "Production",
    description: "",
  });
  const { body } = await cloud.patch<{ project: Made }>(`/v2/projects/${project.id}`, {
    name: "q",
    purpose: null,
    description: null,
    environment: null,
  });
  assert.partialDeepStrictEqual(body.project, {
    name: "q",
    purpose: "Other: Feeding cats",
    environment: "Production",
  });
  assert.equal((await cloud.post("/v2/projects", { name: "q", purpose: "x" })).status, 409);
  assert.equal(
    (await cloud.post("/v2/projects", { name: "r", purpose: "x", environment: "Moon" })).status,
    422,
  );
});

test("resources are in one project, and tell when there are none such", async (t) => {
  const cloud = await cloudFor(t);
  const project = await cloud.make("/v2/projects", { name: "p", purpose: "x" });
  const cluster = await onlineCluster(cloud, "orders");
  const urn = `do:dbaas:${cluster.id}`;
  const assign = async (...resources: string[]) =>
    (
      await cloud.post<{ resources: { urn: string; status: string }[] }>(
        `/v2/projects/${project.id}/resources`,
        { resources },
      )
    ).body.resources;
  assert.deepEqual(
    (await assign(urn, "do:droplet:1")).map(({ status }) => status),
    ["assigned", "not_found"],
  );
  assert.deepEqual(
    (await assign(urn)).map(({ status }) => status),
    ["already_assigned"],
  );
  const { body } = await cloud.get<{ resources: object[] }>(`/v2/projects/${project.id}/resources`);
  assert.partialDeepStrictEqual(body.resources, [
    { urn, links: { self: `${cloud.url}/v2/databases/${cluster.id}` }, status: "ok" },
  ]);
  assert.equal(
    (await cloud.get<{ database: Made }>(`/v2/databases/${cluster.id}`)).body.database.project_id,
    project.id,
  );
  assert.equal(
    (
      await cloud.post(`/v2/projects/${project.id}/resources`, {
        resources: [`do:vpc:${cluster.private_network_uuid}`],
      })
    ).status,
    400,
  );
});
