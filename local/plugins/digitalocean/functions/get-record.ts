/** The first record of a name in a zone, whatever its type. */
import type { Invokable } from "../../provider/resource.ts";
import { integer, notEmpty, type Properties, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { fromBody } from "../body.ts";
import { named } from "../rest.ts";

const wanted = string({ required: true, check: notEmpty });
const properties: Properties = {
  domain: { ...wanted, api: false },
  name: wanted,
  type: string({ output: true }),
  data: string({ output: true }),
  priority: integer({ output: true }),
  port: integer({ output: true }),
  ttl: integer({ output: true }),
  weight: integer({ output: true }),
  flags: integer({ output: true }),
  tag: string({ output: true }),
};

export default {
  properties,
  invoke: (operation, { domain = null, name }) =>
    named("getting record", async () => {
      const path = `/v2/domains/${encodeURIComponent(String(domain))}/records`;
      const all = await operation.client.list(path, "domain_records", operation);
      const found = all.find((record) => record.name === name);
      if (!found) throw new Error(`no records found with name ${String(name)}`);
      return { ...fromBody(properties, found), id: String(found.id), domain };
    }),
} satisfies Invokable<Api>;
