/** One region by its slug. */
import { randomUUID } from "node:crypto";
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { fromBody } from "../body.ts";
import { region } from "../region.ts";
import { named } from "../rest.ts";

export default {
  properties: { ...region, slug: string({ required: true, check: notEmpty }) },
  invoke: (operation, { slug }) =>
    named("getting region", async () => {
      const all = await operation.client.list("/v2/regions", "regions", operation);
      const found = all.find((one) => one.slug === slug);
      if (!found) throw new Error(`there is no region ${String(slug)}`);
      return { ...fromBody(region, found), id: randomUUID() };
    }),
} satisfies Invokable<Api>;
