/** A container registry (terraform-provider-digitalocean: resource_container_registry). */
import type { Existing, Operation, Resource } from "../../provider/resource.ts";
import { integer, notEmpty, oneOf, type Properties, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { fromBody, goTime, toBody } from "../body.ts";
import { named, unlessGone } from "../rest.ts";

const HOST = "registry.digitalocean.com";

const properties: Properties = {
  name: string({ required: true, replaces: true, autoname: 255, check: notEmpty }),
  /** The account's: all its registries have the same. */
  subscriptionTierSlug: string({ required: true, check: oneOf("starter", "basic", "professional") }),
  region: string({ computed: true, replaces: true, check: notEmpty }),
  endpoint: string({ output: true, api: false }),
  serverUrl: string({ output: true, api: false }),
  storageUsageBytes: integer({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

const SUBSCRIPTION = "/v2/registries/subscription";
const pathOf = (name: string): string => `/v2/registries/${encodeURIComponent(name)}`;

async function read(operation: Operation<Api>, name: string): Promise<Existing> {
  const registry = asBody((await operation.client.call("GET", pathOf(name), operation)).registry);
  const { subscription } = await operation.client.call("GET", SUBSCRIPTION, operation);
  return {
    id: name,
    state: {
      ...fromBody(properties, registry),
      subscriptionTierSlug: String(asBody(asBody(subscription).tier).slug),
      endpoint: `${HOST}/${name}`,
      serverUrl: HOST,
    },
  };
}

const registry: Resource<Api> = {
  properties,
  create: (operation, planned) =>
    named("creating container registry", async () => {
      await operation.client.call("POST", "/v2/registry", operation, toBody(properties, planned));
      return read(operation, String(planned.name));
    }),
  read: (operation, id) => named("reading container registry", () => unlessGone(() => read(operation, id))),
  update: (operation, id, planned) =>
    named("updating container registry", async () => {
      await operation.client.call("POST", SUBSCRIPTION, operation, {
        tier_slug: planned.subscriptionTierSlug,
      });
      return read(operation, id);
    }),
  /** One that has gone is an error, as for the official plugin. */
  delete: (operation, id) =>
    named("deleting container registry", async () => {
      await operation.client.call("DELETE", pathOf(id), operation);
    }),
};
export default registry;
