/** An address that stays while droplets come and go (terraform-provider-digitalocean: resource_reserved_ip). */
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import { integer, type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import { type Api, asBody, isStatus } from "../api.ts";
import { assign, holder, isAddress, pathOf, reservedIp } from "../reserved-ip.ts";
import { named, unlessGone } from "../rest.ts";

const properties: Properties = {
  region: string({
    required: true,
    replaces: true,
    same: (old, now) => String(now).toLowerCase() === old,
  }),
  ipAddress: string({ computed: true, check: isAddress }),
  dropletId: integer(),
  reservedIpUrn: string({ output: true }),
};

async function read(operation: Operation<Api>, id: string, state: Values): Promise<Existing> {
  const ip = await reservedIp(operation, id);
  const droplet = holder(ip);
  const isImport = state.region === undefined;
  return {
    id,
    state: {
      region: String(asBody(ip.region).slug),
      ipAddress: String(ip.ip),
      reservedIpUrn: `do:reservedip:${String(ip.ip)}`,
      // As in the official plugin a droplet that the program doesn't name is none of its business.
      ...((isImport || state.dropletId) && droplet !== undefined && { dropletId: droplet }),
    },
  };
}

const dropletOf = (state: Values): number | undefined =>
  typeof state.dropletId === "number" && state.dropletId !== 0 ? state.dropletId : undefined;

export default {
  properties,
  timeouts: { create: 3600, update: 3600, delete: 3600 },
  create: (operation, planned) =>
    named("creating reserved IP", async () => {
      const body = { region: planned.region };
      const made = await operation.client.call("POST", "/v2/reserved_ips", operation, body);
      const id = String(asBody(made.reserved_ip).ip);
      const droplet = dropletOf(planned);
      if (droplet !== undefined)
        await assign(operation, id, droplet).catch((error: unknown) => {
          throw new PartialFailure({ id, state: {} }, error instanceof Error ? error.message : String(error));
        });
      return read(operation, id, planned);
    }),
  read: (operation, id, state) =>
    named("reading reserved IP", () => unlessGone(() => read(operation, id, state))),
  update: (operation, id, planned, prior) =>
    named("updating reserved IP", async () => {
      const droplet = dropletOf(planned);
      if (droplet !== dropletOf(prior)) await assign(operation, id, droplet);
      return read(operation, id, planned);
    }),
  delete: (operation, id, state) =>
    named("deleting reserved IP", async () => {
      // 422: it is assigned to nothing any more.
      if (dropletOf(state) !== undefined)
        await assign(operation, id, undefined).catch((error: unknown) => {
          if (!isStatus(error, 422)) throw error;
        });
      await operation.client.call("DELETE", pathOf(id), operation);
    }),
} satisfies Resource<Api>;
