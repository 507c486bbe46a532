/** A VPC by id, by name, or the default one of a region. */
import type { Invokable } from "../../provider/resource.ts";
import { boolean, type Properties, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { fromBody, goTime } from "../body.ts";
import { named } from "../rest.ts";

const properties: Properties = {
  id: string(),
  name: string(),
  region: string(),
  description: string({ output: true }),
  ipRange: string({ output: true }),
  urn: string({ output: true }),
  default: boolean({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

export default {
  properties,
  check: ({ id, name, region }) =>
    id === undefined && name === undefined && region === undefined
      ? [{ property: "id", reason: "give id, name or region" }]
      : [],
  invoke: (operation, { id, name, region }) =>
    named("getting VPC", async () => {
      if (id !== undefined) {
        return fromBody(
          properties,
          asBody((await operation.client.call("GET", `/v2/vpcs/${String(id)}`, operation)).vpc),
        );
      }
      const all = await operation.client.list("/v2/vpcs", "vpcs", operation);
      // As in the official plugin a region wins over a name.
      const found = all.find((vpc) =>
        region !== undefined ? vpc.default && vpc.region === region : vpc.name === name,
      );
      if (!found)
        throw new Error(
          region === undefined ? `no VPC is named ${String(name)}` : `${String(region)} has no default VPC`,
        );
      return fromBody(properties, found);
    }),
} satisfies Invokable<Api>;
