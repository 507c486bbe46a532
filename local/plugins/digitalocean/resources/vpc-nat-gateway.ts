/** A VPC's way to the internet (terraform-provider-digitalocean: digitalocean/vpcnatgateway). */
import { type Operation, PartialFailure } from "../../provider/resource.ts";
import { boolean, integer, list, object, type Properties, set, string } from "../../provider/schema.ts";
import type { Value } from "../../provider/values.ts";
import { type Api, asBody, until } from "../api.ts";
import { fromField, goTime, toBody } from "../body.ts";
import { named, rest } from "../rest.ts";

const chosen = { computed: true } as const;
const output = { output: true } as const;
const seconds = integer({
  ...chosen,
  check: (value) => (value === 0 ? "must not be 0" : undefined),
});
const egress = object({
  publicGateways: set(object({ ipv4: string(chosen) }), chosen),
});

const properties: Properties = {
  name: string({ required: true, autoname: 255 }),
  type: string({ required: true }),
  region: string({ required: true }),
  size: integer({ required: true }),
  vpcs: set(
    object({
      vpcUuid: string({ required: true, replaces: true }),
      subnetUuid: string({ ...chosen, replaces: true }),
      gatewayIp: string(output),
      defaultGateway: boolean(),
    }),
    { required: true },
  ),
  /** The API has one, programs a list of at most one. */
  egresses: list(egress, {
    ...chosen,
    read: (raw): Value => (Object.keys(asBody(raw)).length === 0 ? [] : [fromField(egress, raw)]),
  }),
  udpTimeoutSeconds: seconds,
  icmpTimeoutSeconds: seconds,
  tcpTimeoutSeconds: seconds,
  /** Read, never sent: the official plugin leaves it out of its requests. */
  projectId: string({ ...chosen, write: () => undefined }),
  state: string(output),
  createdAt: string({ ...output, read: goTime }),
  updatedAt: string({ ...output, read: goTime }),
};

const path = "/v2/vpc_nat_gateways";
const gateway = rest({ noun: "VPC NAT gateway", path, root: "vpc_nat_gateway", properties });
const { name, type, region, size, udpTimeoutSeconds, icmpTimeoutSeconds, tcpTimeoutSeconds } = properties;
/** What an update sends: nothing of the VPCs, as with the official plugin. */
const changeable = Object.fromEntries(
  Object.entries({
    name,
    type,
    region,
    size,
    udpTimeoutSeconds,
    icmpTimeoutSeconds,
    tcpTimeoutSeconds,
  }).flatMap(([key, property]) => (property ? [[key, property]] : [])),
);

const readUntil = (operation: Operation<Api>, id: string, state: string | undefined) =>
  until(operation, `waiting for VPC NAT gateway ${id}`, async () => {
    const found = await gateway.read(operation, id, {});
    return found?.state.state === state ? { found } : undefined;
  });

export default {
  ...gateway,
  timeouts: { create: 900, delete: 900 },
  async create(operation, planned) {
    const made = await gateway.create(operation, planned);
    const { found } = await readUntil(operation, made.id, "ACTIVE").catch((error: unknown) => {
      throw new PartialFailure(made, error instanceof Error ? error.message : String(error));
    });
    return found ?? made;
  },
  update: (operation, id, planned, prior) =>
    named("updating VPC NAT gateway", async () => {
      await operation.client.call("PUT", `${path}/${id}`, operation, toBody(changeable, planned));
      return (await gateway.read(operation, id, prior)) ?? { id, state: planned };
    }),
  async delete(operation, id, state) {
    await gateway.delete(operation, id, state);
    await readUntil(operation, id, undefined);
  },
} satisfies typeof gateway;
