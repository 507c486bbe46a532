/** A DNS zone (terraform-provider-digitalocean: resource_domain). */
import type { Existing } from "../../provider/resource.ts";
import { integer, notEmpty, type Properties, string } from "../../provider/schema.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, replaces: true, check: notEmpty }),
  /** Makes an A record of the zone itself, once: nothing keeps it as it was made. */
  ipAddress: string({ replaces: true, writeOnly: true, check: notEmpty }),
  domainUrn: string({ output: true, api: false }),
  ttl: integer({ output: true }),
};

const domain = rest({
  noun: "domain",
  path: "/v2/domains",
  root: "domain",
  key: "name",
  mustExist: true,
  properties,
});
const withUrn = ({ id, state }: Existing): Existing => ({
  id,
  state: { ...state, domainUrn: `do:domain:${id}` },
});

export default {
  ...domain,
  create: async (operation, planned) => withUrn(await domain.create(operation, planned)),
  read: async (operation, id, state) => {
    const found = await domain.read(operation, id, state);
    return found && withUrn(found);
  },
} satisfies typeof domain;
