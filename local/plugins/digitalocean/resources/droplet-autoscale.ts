/** A pool of droplets that the platform keeps at its size (terraform-provider-digitalocean: digitalocean/dropletautoscale). */
import { type Operation, PartialFailure } from "../../provider/resource.ts";
import {
  between,
  boolean,
  integer,
  list,
  number,
  object,
  type Properties,
  set,
  string,
} from "../../provider/schema.ts";
import type { Value } from "../../provider/values.ts";
import { type Api, asBody, isStatus, until } from "../api.ts";
import { goTime } from "../body.ts";
import { named, rest } from "../rest.ts";

const path = "/v2/droplets/autoscale";
const notZero = (value: Value): string | undefined => (value === 0 ? "must not be 0" : undefined);
const count = integer({ check: notZero });
const share = number({ check: between(0, 1) });
const output = { output: true } as const;

const properties: Properties = {
  name: string({ required: true, autoname: 255 }),
  config: object(
    {
      minInstances: count,
      maxInstances: count,
      targetCpuUtilization: share,
      targetMemoryUtilization: share,
      cooldownMinutes: count,
      targetNumberInstances: count,
    },
    { required: true },
  ),
  dropletTemplate: object(
    {
      size: string({ required: true }),
      region: string({ required: true }),
      /** The state keeps what the program says: a slug, or an id. */
      image: string({ required: true }),
      tags: set(string()),
      sshKeys: set(string(), { required: true }),
      vpcUuid: string(),
      withDropletAgent: boolean(),
      projectId: string(),
      ipv6: boolean(),
      userData: string(),
      /** Read, never sent: the official plugin leaves it out of its requests. */
      publicNetworking: boolean({ computed: true, write: () => undefined }),
    },
    { required: true },
  ),
  currentUtilizations: list(object({ memory: number(output), cpu: number(output) }), {
    ...output,
    api: "current_utilization",
    read: (raw) => {
      const { memory, cpu } = asBody(raw);
      return raw === undefined ? [] : [{ memory: Number(memory ?? 0), cpu: Number(cpu ?? 0) }];
    },
  }),
  status: string(output),
  createdAt: string({ ...output, read: goTime }),
  updatedAt: string({ ...output, read: goTime }),
};

const pool = rest({
  noun: "droplet autoscale pool",
  path,
  root: "autoscale_pool",
  update: "PUT",
  properties,
});

/** Waits until every member serves. */
const active = (operation: Operation<Api>, id: string): Promise<true> =>
  until(operation, "waiting for the droplet autoscale pool", async () => {
    const { status } = asBody(
      (await operation.client.call("GET", `${path}/${id}`, operation)).autoscale_pool,
    );
    const members = await operation.client.list(`${path}/${id}/members`, "droplets", operation);
    return status === "active" && members.every((member) => member.status === "active") ? true : undefined;
  });

export default {
  ...pool,
  timeouts: { create: 900, delete: 60 },
  async create(operation, planned) {
    const made = await pool.create(operation, planned);
    await active(operation, made.id).catch((error: unknown) => {
      throw new PartialFailure(made, error instanceof Error ? error.message : String(error));
    });
    return (await pool.read(operation, made.id, planned)) ?? made;
  },
  /** Its members go with it. */
  delete: (operation, id) =>
    named("deleting droplet autoscale pool", async () => {
      await operation.client.call("DELETE", `${path}/${id}/dangerous`, operation).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    }),
} satisfies typeof pool;
