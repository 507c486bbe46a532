/** A DNS zone with its zone file. */
import type { Invokable } from "../../provider/resource.ts";
import { integer, notEmpty, string } from "../../provider/schema.ts";
import { type Api, asBody } from "../api.ts";
import { named } from "../rest.ts";

export default {
  properties: {
    name: string({ required: true, check: notEmpty }),
    domainUrn: string({ output: true }),
    ttl: integer({ output: true }),
    zoneFile: string({ output: true }),
  },
  invoke: (operation, { name }) =>
    named("getting domain", async () => {
      const path = `/v2/domains/${encodeURIComponent(String(name))}`;
      const domain = asBody((await operation.client.call("GET", path, operation)).domain);
      return {
        id: String(domain.name),
        name: String(domain.name),
        domainUrn: `do:domain:${String(domain.name)}`,
        ttl: Number(domain.ttl ?? 0),
        zoneFile: String(domain.zone_file ?? ""),
      };
    }),
} satisfies Invokable<Api>;
