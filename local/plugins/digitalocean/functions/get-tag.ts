/** A tag and how many resources carry it. */
import type { Invokable } from "../../provider/resource.ts";
import type { Api } from "../api.ts";
import { tag as tagName } from "../database.ts";
import tag from "../resources/tag.ts";

export default {
  properties: { ...tag.properties, name: { ...tagName, required: true } },
  invoke: async (operation, { name }) => {
    const found = await tag.read(operation, String(name), {});
    if (!found) throw new Error(`getting tag: there is no tag ${String(name)}`);
    return { ...found.state, id: found.id };
  },
} satisfies Invokable<Api>;
