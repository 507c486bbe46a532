/** A droplet's disk as it is now (terraform-provider-digitalocean: digitalocean/snapshot). */
import type { Resource } from "../../provider/resource.ts";
import { integer, notEmpty, number, type Properties, set, string } from "../../provider/schema.ts";
import { type Api, asBody, bodies, until } from "../api.ts";
import { named, rest } from "../rest.ts";

const given = { required: true, replaces: true, check: notEmpty } as const;
const output = { output: true } as const;
const properties: Properties = {
  name: string({ ...given, autoname: 255 }),
  dropletId: string({ ...given, api: "resource_id" }),
  regions: set(string(), output),
  size: number({ ...output, api: "size_gigabytes" }),
  createdAt: string(output),
  minDiskSize: integer(output),
};

const snapshot = rest({ noun: "droplet snapshot", path: "/v2/snapshots", root: "snapshot", properties });

export default {
  ...snapshot,
  timeouts: { create: 3600 },
  create: (operation, planned) =>
    named("creating droplet snapshot", async () => {
      const droplet = `/v2/droplets/${String(planned.dropletId)}`;
      const begun = await operation.client.call("POST", `${droplet}/actions`, operation, {
        type: "snapshot",
        name: planned.name,
      });
      const action = `/v2/actions/${String(asBody(begun.action).id)}`;
      await until(operation, "waiting for the droplet snapshot", async () => {
        const { status } = asBody((await operation.client.call("GET", action, operation)).action);
        return status === "completed" ? true : undefined;
      });
      const all = bodies(
        (await operation.client.call("GET", `${droplet}/snapshots?per_page=200`, operation)).snapshots,
      );
      const id = String(all.findLast((one) => one.name === planned.name)?.id);
      const made = await snapshot.read(operation, id, planned);
      if (!made) throw new Error("the platform has no snapshot of that name");
      return made;
    }),
} satisfies Resource<Api>;
