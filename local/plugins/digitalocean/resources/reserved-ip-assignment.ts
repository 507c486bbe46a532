/** That a droplet has a reserved address (terraform-provider-digitalocean: resource_reserved_ip_assignment). */
import { randomBytes } from "node:crypto";
import type { Resource } from "../../provider/resource.ts";
import { integer, type Properties, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { assign, holder, isAddress, reservedIp } from "../reserved-ip.ts";
import { named } from "../rest.ts";

const properties: Properties = {
  ipAddress: string({ required: true, replaces: true, check: isAddress }),
  dropletId: integer({
    required: true,
    replaces: true,
    check: (id) => (id === 0 ? "must not be 0" : undefined),
  }),
};

/** The platform has no id for it: this one is made as Terraform makes unique ids. */
const newId = (droplet: string, address: string): string =>
  `${droplet}-${address}-${new Date().toISOString().replace(/\D/g, "")}0${randomBytes(4).toString("hex")}`;

export default {
  properties,
  timeouts: { create: 3600, delete: 3600 },
  importId: (given) => {
    const [ipAddress, dropletId] = given.split(",");
    if (!ipAddress || !dropletId)
      throw new Error("import a reserved IP assignment by both: <address>,<droplet id>");
    return { id: newId(dropletId, ipAddress), state: { ipAddress, dropletId: Number(dropletId) } };
  },
  create: (operation, { ipAddress = null, dropletId = null }) =>
    named("assigning reserved IP", async () => {
      await assign(operation, ipAddress, Number(dropletId));
      return { id: newId(String(dropletId), String(ipAddress)), state: { ipAddress, dropletId } };
    }),
  read: (operation, id, { ipAddress = null, dropletId = null }) =>
    named("reading reserved IP assignment", async () =>
      holder(await reservedIp(operation, ipAddress)) === dropletId
        ? { id, state: { ipAddress, dropletId } }
        : undefined,
    ),
  delete: (operation, _id, { ipAddress, dropletId }) =>
    named("unassigning reserved IP", async () => {
      if (holder(await reservedIp(operation, ipAddress)) === dropletId)
        await assign(operation, ipAddress, undefined);
    }),
} satisfies Resource<Api>;
