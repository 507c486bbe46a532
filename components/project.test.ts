import assert from "node:assert/strict";
import { test } from "node:test";
import { Project } from "./project.ts";
import { record, resolved } from "./testing.ts";

test("a project is made for one environment and stays behind while it may hold something", async () => {
  const { named, result } = await record(
    () =>
      new Project("project", {
        projectName: "shop-prod",
        tag: "shop-prod",
        environment: "Production",
        description: "The shop",
      }),
  );
  const project = named("project-project");
  assert.deepEqual(project.inputs, {
    name: "shop-prod",
    environment: "Production",
    description: "The shop",
    purpose: "Web Application",
  });
  assert.equal(project.retainOnDelete, true);
  assert.equal((await resolved(result.projectId)).value, "project-project-id");
  assert.deepEqual(named("project-tag").inputs, { name: "shop-prod" });
  assert.equal((await resolved(result.tag)).value, "shop-prod");
});

test("what knows no projectId is filed by its URN", async () => {
  const { named } = await record(() => {
    const project = new Project("project", { tag: "shop", environment: "Development", retain: false });
    return project.file("fleet", ["do:loadbalancer:1"]);
  });
  assert.deepEqual(named("project-fleet").inputs, {
    project: "project-project-id",
    resources: ["do:loadbalancer:1"],
  });
  assert.match(named("project-fleet").parent, /Project::project$/);
  assert.equal(named("project-project").retainOnDelete, false);
});

test("an existing project is taken over; a name over the limit is refused", async () => {
  const { named } = await record(
    () => new Project("project", { tag: "shop", environment: "Staging", import: "an-id" }),
  );
  assert.equal(named("project-project").importId, "an-id");
  const refused = await record(() =>
    assert.throws(
      () => new Project("project", { tag: "Shop!", environment: "Staging", projectName: "x".repeat(176) }),
      /projectName .*must be at most 175[\s\S]*tag Shop! must be/,
    ),
  );
  assert.deepEqual(refused.resources, []);
});
