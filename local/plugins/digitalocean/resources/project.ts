/** A project: a drawer for resources (terraform-provider-digitalocean: digitalocean/project). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { boolean, integer, lengthBetween, type Properties, set, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import { type Api, asBody, whileRefused } from "../api.ts";
import { fromBody, toBody } from "../body.ts";
import { assign, reassign, strings, urnsOf } from "../projects.ts";
import { named, unlessGone } from "../rest.ts";

const environments = ["development", "staging", "production"];

const properties: Properties = {
  name: string({ required: true, autoname: 255, check: lengthBetween(1, 175) }),
  description: string({ default: "", check: lengthBetween(0, 255) }),
  /** The platform marks purposes of one's own. */
  purpose: string({
    default: "Web Application",
    check: lengthBetween(0, 255),
    read: (raw) => String(raw ?? "").replace(/^Other: /, ""),
  }),
  environment: string({
    check: (value) =>
      environments.includes(String(value).toLowerCase())
        ? undefined
        : `must be one of ${environments.join(", ")}`,
    same: (old, now) => String(old).toLowerCase() === String(now).toLowerCase(),
  }),
  isDefault: boolean({ default: false }),
  resources: set(string(), { computed: true, api: false }),
  ownerUuid: string({ output: true }),
  ownerId: integer({ output: true }),
  createdAt: string({ output: true }),
  updatedAt: string({ output: true }),
};

const pathOf = (id: string): string => `/v2/projects/${id}`;

async function read(operation: Operation<Api>, id: string): Promise<Existing> {
  const project = asBody((await operation.client.call("GET", pathOf(id), operation)).project);
  return { id, state: { ...fromBody(properties, project), resources: await urnsOf(operation, id) } };
}

const bodyOf = (planned: Values) => ({
  description: "",
  environment: "",
  is_default: false,
  ...toBody(properties, planned),
});

const project: Resource<Api> = {
  properties,
  timeouts: { delete: 180 },
  create: (operation, planned) =>
    named("creating project", async () => {
      const { is_default: isDefault, ...body } = toBody(properties, planned);
      const id = String(
        asBody((await operation.client.call("POST", "/v2/projects", operation, body)).project).id,
      );
      try {
        await assign(operation, id, strings(planned.resources));
      } catch (error) {
        await operation.client.call("DELETE", pathOf(id), operation).catch(() => undefined);
        throw error;
      }
      if (isDefault) await operation.client.call("PUT", pathOf(id), operation, bodyOf(planned));
      return read(operation, id);
    }),
  read: (operation, id) => named("reading project", () => unlessGone(() => read(operation, id))),
  update: (operation, id, planned, prior) =>
    named("updating project", async () => {
      await operation.client.call("PUT", pathOf(id), operation, bodyOf(planned));
      await reassign(operation, id, prior.resources, planned.resources);
      return read(operation, id);
    }),
  delete: (operation, id, state) =>
    named("deleting project", async () => {
      await assign(operation, "default", strings(state.resources));
      // Moving out takes the platform a while; until then it refuses.
      await whileRefused(operation, [412], () =>
        unlessGone(() => operation.client.call("DELETE", pathOf(id), operation)),
      );
    }),
};
export default project;
