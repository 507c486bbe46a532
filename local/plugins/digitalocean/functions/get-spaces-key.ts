/** A Spaces key, without its secret (terraform-provider-digitalocean: datasource_spaces_key). */
import type { Invokable } from "../../provider/resource.ts";
import { string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import key from "../resources/spaces-key.ts";

const { name, grants, createdAt } = key.properties;

export default {
  properties: {
    accessKey: string({ required: true }),
    ...(name && { name: { ...name, output: true } }),
    ...(grants && { grants: { ...grants, output: true } }),
    ...(createdAt && { createdAt }),
  },
  invoke: async (operation, { accessKey }) => {
    const found = await key.read(operation, String(accessKey), {});
    if (!found) throw new Error(`reading Spaces key: there is no key ${String(accessKey)}`);
    const { secretKey: _, ...state } = found.state;
    return { ...state, id: found.id };
  },
} satisfies Invokable<Api>;
