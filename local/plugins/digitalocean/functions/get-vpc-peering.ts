/** A VPC peering by id or by name. */
import type { Invokable } from "../../provider/resource.ts";
import { type Properties, set, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { fromBody, goTime } from "../body.ts";
import { theOne } from "../lists.ts";
import { named } from "../rest.ts";

const properties: Properties = {
  id: string(),
  name: string(),
  vpcIds: set(string()),
  status: string({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

export default {
  properties,
  check: ({ id, name }) =>
    (id === undefined) === (name === undefined) ? [{ property: "id", reason: "give either id or name" }] : [],
  invoke: (operation, { id, name }) =>
    named("getting VPC peering", async () => {
      if (id !== undefined) {
        const path = `/v2/vpc_peerings/${String(id)}`;
        return fromBody(
          properties,
          asBody((await operation.client.call("GET", path, operation)).vpc_peering),
        );
      }
      const all = await operation.client.list("/v2/vpc_peerings", "vpc_peerings", operation);
      const found = theOne(
        all.filter((peering) => peering.name === name),
        `VPC peering named ${String(name)}`,
      );
      return fromBody(properties, found);
    }),
} satisfies Invokable<Api>;
