/** Some of a project's resources, those that it lists (terraform-provider-digitalocean: resource_project_resources). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { notEmpty, type Properties, set, string } from "../../provider/schema.ts";
import type { Value } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { assign, reassign, strings, urnsOf } from "../projects.ts";
import { named, unlessGone } from "../rest.ts";

const properties: Properties = {
  project: string({ required: true, replaces: true, check: notEmpty }),
  resources: set(string(), { required: true }),
};

/** Of the listed ones those that are in the project: it isn't the only one to put resources there. */
async function read(
  operation: Operation<Api>,
  project: string,
  listed: Value | undefined,
): Promise<Existing> {
  await operation.client.call("GET", `/v2/projects/${project}`, operation);
  const there = await urnsOf(operation, project);
  return { id: project, state: { project, resources: strings(listed).filter((urn) => there.includes(urn)) } };
}

const projectResources: Resource<Api> = {
  properties,
  create: (operation, planned) =>
    named("assigning project resources", async () => {
      await assign(operation, String(planned.project), strings(planned.resources));
      return read(operation, String(planned.project), planned.resources);
    }),
  read: (operation, id, state) =>
    named("reading project resources", () => unlessGone(() => read(operation, id, state.resources))),
  update: (operation, id, planned, prior) =>
    named("assigning project resources", async () => {
      await reassign(operation, id, prior.resources, planned.resources);
      return read(operation, id, planned.resources);
    }),
  delete: (operation, id, state) =>
    named("removing project resources", async () => {
      const isThere = await unlessGone(() => operation.client.call("GET", `/v2/projects/${id}`, operation));
      if (isThere) await assign(operation, "default", strings(state.resources));
    }),
};
export default projectResources;
