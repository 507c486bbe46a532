/** A droplet by id, by tag, or by name. */
import type { Invokable } from "../../provider/resource.ts";
import { boolean, type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import { type Api, asBody, type Body } from "../api.ts";
import { fromBody } from "../body.ts";
import { dropletLookup } from "../droplet.ts";
import { theOne } from "../lists.ts";
import { named } from "../rest.ts";

const properties: Properties = { ...dropletLookup, tag: string(), gpu: boolean() };

export default {
  properties,
  check: ({ id, tag, name }) =>
    id === undefined && tag === undefined && name === undefined
      ? [{ property: "id", reason: "give id, tag or name" }]
      : [],
  invoke: (operation, { id, tag, name, gpu }) =>
    named("getting droplet", async () => {
      const shown = (body: Body): Values => ({
        ...fromBody(dropletLookup, body),
        ...(tag === undefined ? {} : { tag }),
        ...(gpu === undefined ? {} : { gpu }),
      });
      if (id !== undefined)
        return shown(
          asBody((await operation.client.call("GET", `/v2/droplets/${String(id)}`, operation)).droplet),
        );
      const all = await operation.client.list(
        `/v2/droplets${gpu ? "?type=gpus" : ""}`,
        "droplets",
        operation,
      );
      const fits = all.filter((droplet) =>
        tag !== undefined ? Array.isArray(droplet.tags) && droplet.tags.includes(tag) : droplet.name === name,
      );
      return shown(
        theOne(fits, tag === undefined ? `droplet named ${String(name)}` : `droplet with tag ${String(tag)}`),
      );
    }),
} satisfies Invokable<Api>;
