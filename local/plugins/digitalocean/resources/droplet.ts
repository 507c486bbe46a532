/** A machine (terraform-provider-digitalocean: digitalocean/droplet). */
import { createHash } from "node:crypto";
import type { Failure } from "../../provider/check.ts";
import { equal } from "../../provider/plan.ts";
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import {
  between,
  boolean,
  integer,
  notEmpty,
  number,
  object,
  oneOf,
  type Properties,
  set,
  string,
} from "../../provider/schema.ts";
import { isArray, isObject, unknown, type Value, type Values } from "../../provider/values.ts";
import { type Api, asBody, type Body, until } from "../api.ts";
import { fromBody, fromField, toField } from "../body.ts";
import { tag } from "../database.ts";
import { dropletFields, image } from "../droplet.ts";
import { strings } from "../projects.ts";
import { named, unlessGone } from "../rest.ts";
import { retag } from "../tags.ts";

const lowerCase = (old: Value, now: Value): boolean => String(now).toLowerCase() === old;
const output = { output: true } as const;
/** Of user data the state keeps a digest alone. */
const digest = (text: Value): string => createHash("sha1").update(String(text)).digest("hex");

const backupPolicy = object(
  {
    plan: string({ check: oneOf("daily", "weekly") }),
    weekday: string({ check: oneOf("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT") }),
    hour: integer({ check: between(0, 20) }),
  },
  { writeOnly: true },
);

const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  /** Never read back: a slug comes to mean a newer image, which is no change of the droplet. */
  image: string({ required: true, replaces: true, writeOnly: true, check: notEmpty }),
  region: string({ computed: true, replaces: true, check: notEmpty, same: lowerCase }),
  size: string({ required: true, check: notEmpty, same: lowerCase }),
  backups: boolean({ default: false }),
  backupPolicy,
  ipv6: boolean({ default: false }),
  ipv6Address: string({ computed: true, api: false }),
  monitoring: boolean({ default: false, replaces: true }),
  dropletAgent: boolean({ replaces: true, writeOnly: true, api: "with_droplet_agent" }),
  gpuPartitionMode: string({
    replaces: true,
    writeOnly: true,
    check: oneOf("PARTITION_MODE_SPX_NPS1", "PARTITION_MODE_DPX_NPS2"),
  }),
  privateNetworking: boolean({ computed: true, deprecated: true, api: false }),
  publicNetworking: boolean({ computed: true, replaces: true }),
  sshKeys: set(string({ check: notEmpty }), { replaces: true, writeOnly: true }),
  userData: string({
    replaces: true,
    writeOnly: true,
    check: notEmpty,
    same: (old, now) => old === now || old === digest(now),
  }),
  volumeIds: set(string(), { computed: true, api: false }),
  vpcUuid: string({ computed: true, replaces: true, check: notEmpty }),
  tags: set(tag),
  gracefulShutdown: boolean({ default: false, api: false }),
  resizeDisk: boolean({ default: true, api: false }),

  createdAt: string(output),
  disk: integer(output),
  dropletUrn: string(output),
  ipv4Address: string(output),
  ipv4AddressPrivate: string(output),
  locked: boolean(output),
  memory: integer(output),
  priceHourly: number(output),
  priceMonthly: number(output),
  status: string(output),
  vcpus: integer(output),
};

const pathOf = (id: string): string => `/v2/droplets/${id}`;
/** Ids are numbers in bodies, slugs and fingerprints are not. */
const reference = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

const get = async (operation: Operation<Api>, id: string): Promise<Body> =>
  asBody((await operation.client.call("GET", pathOf(id), operation)).droplet);

async function read(operation: Operation<Api>, id: string, state: Values): Promise<Existing> {
  const droplet = await get(operation, id);
  const seen = fromBody(dropletFields, droplet);
  return {
    id,
    state: {
      ...seen,
      publicNetworking: seen.ipv4Address !== "",
      dropletUrn: `do:droplet:${id}`,
      // An import knows neither: the image as it is, and the default of what only an update needs.
      ...(state.image === undefined && { image: fromField(image, droplet.image), resizeDisk: true }),
    },
  };
}

/** Waits until nothing is under way on it, and it is as `isSo` says. */
const settled = (operation: Operation<Api>, id: string, isSo: (droplet: Body) => boolean): Promise<true> =>
  until(operation, `waiting for droplet ${id}`, async () => {
    const droplet = await get(operation, id);
    return droplet.locked !== true && isSo(droplet) ? true : undefined;
  });

/** Has something done to it, and waits until it is done. */
async function act(operation: Operation<Api>, id: string, type: string, more: object = {}): Promise<void> {
  const begun = await operation.client.call("POST", `${pathOf(id)}/actions`, operation, { type, ...more });
  const action = String(asBody(begun.action).id);
  await until(operation, `waiting for ${type} of droplet ${id}`, async () => {
    const { status } = asBody(
      (await operation.client.call("GET", `/v2/actions/${action}`, operation)).action,
    );
    if (status === "errored") throw new Error(`${type} of droplet ${id} failed`);
    return status === "completed" ? true : undefined;
  });
}

function createBody(planned: Values): Body {
  const { name, region, size, backups, ipv6, monitoring } = planned;
  return {
    name,
    region,
    size,
    backups,
    ipv6,
    monitoring,
    image: reference(String(planned.image)),
    tags: strings(planned.tags),
    ssh_keys: strings(planned.sshKeys).map(reference),
    ...(planned.userData !== undefined && { user_data: planned.userData }),
    ...(planned.vpcUuid !== undefined && { vpc_uuid: planned.vpcUuid }),
    ...(planned.publicNetworking === false && { public_networking: false }),
    ...(planned.dropletAgent !== undefined && { with_droplet_agent: planned.dropletAgent }),
    ...(planned.gpuPartitionMode !== undefined && { gpu_partition_mode: planned.gpuPartitionMode }),
    ...(isObject(planned.backupPolicy) && { backup_policy: toField(backupPolicy, planned.backupPolicy) }),
  };
}

/** A size is changed while the droplet is off; it comes on again whether that went well or not. */
async function resize(operation: Operation<Api>, id: string, planned: Values): Promise<void> {
  if ((await get(operation, id)).status !== "off") await act(operation, id, "power_off");
  const wanted = { size: planned.size, disk: planned.resizeDisk };
  const result = await act(operation, id, "resize", wanted).catch((error: unknown) => error);
  await act(operation, id, "power_on");
  if (result !== undefined) throw result;
}

function check({ backups, backupPolicy, volumeIds }: Values): Failure[] {
  if (volumeIds !== undefined && !(isArray(volumeIds) && volumeIds.length === 0))
    return [{ property: "volumeIds", reason: "the local cloud has no volumes" }];
  return backupPolicy !== undefined && !backups
    ? [{ property: "backupPolicy", reason: "can only be set when backups are enabled" }]
    : [];
}

export default {
  properties,
  schemaVersion: 1,
  timeouts: { create: 3600, update: 3600, delete: 60 },
  check,
  /** An address comes with IPv6. */
  plan: (planned, prior) =>
    prior?.ipv6 === false && planned.ipv6 === true ? { ...planned, ipv6Address: unknown } : planned,
  replacesWhen: (prior, planned) => (prior.ipv6 === true && planned.ipv6 === false ? ["ipv6"] : []),
  create: (operation, planned) =>
    named("creating droplet", async () => {
      const made = await operation.client.call("POST", "/v2/droplets", operation, createBody(planned));
      const id = String(asBody(made.droplet).id);
      const kept: Values = planned.userData === undefined ? {} : { userData: digest(planned.userData) };
      await settled(operation, id, ({ status }) => status === "active").catch((error: unknown) => {
        throw new PartialFailure({ id, state: kept }, error instanceof Error ? error.message : String(error));
      });
      const { state } = await read(operation, id, planned);
      return { id, state: { ...state, ...kept } };
    }),
  read: (operation, id, state) =>
    named("reading droplet", () => unlessGone(() => read(operation, id, state))),
  update: (operation, id, planned, prior) =>
    named("updating droplet", async () => {
      const changed = (name: string): boolean => !equal(properties[name], planned[name], prior[name]);
      const policy = isObject(planned.backupPolicy) && {
        backup_policy: toField(backupPolicy, planned.backupPolicy),
      };
      // As in the official plugin: while it waits for a new size or name it reads the rest back, and takes backups and
      // IPv6 for what they still are. They need an update of their own.
      const isRead = changed("size") || changed("name");
      const { backups, ipv6 } = isRead ? prior : planned;
      if (changed("size")) await resize(operation, id, planned);
      if (changed("name")) await act(operation, id, "rename", { name: planned.name });
      if (policy && !backups)
        throw new PartialFailure(
          await read(operation, id, planned),
          "backupPolicy can only be set when backups are enabled",
        );
      if (changed("backups"))
        await act(operation, id, backups ? "enable_backups" : "disable_backups", { ...policy });
      if (changed("backupPolicy") && policy) await act(operation, id, "change_backup_policy", policy);
      if (changed("ipv6") && ipv6) await act(operation, id, "enable_ipv6");
      if (changed("tags"))
        await retag(operation, { resource_id: id, resource_type: "droplet" }, planned, prior);
      return read(operation, id, planned);
    }),
  delete: (operation, id, state) =>
    named("deleting droplet", async () => {
      await unlessGone(async () => {
        await settled(operation, id, () => true);
        if (state.gracefulShutdown === true) await act(operation, id, "shutdown");
        await operation.client.call("DELETE", pathOf(id), operation);
      });
      await until(operation, `waiting for droplet ${id} to be gone`, async () =>
        (await unlessGone(() => get(operation, id))) === undefined ? true : undefined,
      );
    }),
} satisfies Resource<Api>;
