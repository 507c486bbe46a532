/** A connection between two VPCs (terraform-provider-digitalocean: digitalocean/vpcpeering). */
import type { Operation } from "../../provider/resource.ts";
import { notEmpty, type Properties, set, string } from "../../provider/schema.ts";
import { type Api, until, whileRefused } from "../api.ts";
import { goTime } from "../body.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  vpcIds: set(string(), { required: true, replaces: true }),
  status: string({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

const peering = rest({
  noun: "VPC peering",
  path: "/v2/vpc_peerings",
  root: "vpc_peering",
  update: "PATCH",
  properties,
  timeouts: { create: 120, delete: 120 },
});

const readUntil = (operation: Operation<Api>, id: string, status: string | undefined, what: string) =>
  until(operation, what, async () => {
    const found = await peering.read(operation, id, {});
    return found?.state.status === status ? { found } : undefined;
  });

export default {
  ...peering,
  async create(operation, planned) {
    const made = await peering.create(operation, planned);
    const { found } = await readUntil(
      operation,
      made.id,
      "ACTIVE",
      "waiting for the VPC peering to be active",
    );
    return found ?? made;
  },
  async delete(operation, id, state) {
    await whileRefused(operation, [403], () => peering.delete(operation, id, state));
    await readUntil(operation, id, undefined, "waiting for the VPC peering to be gone");
  },
} satisfies typeof peering;
