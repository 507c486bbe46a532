/** The trusted sources of a cluster, all of them (terraform-provider-digitalocean: resource_database_firewall). */
import { randomBytes } from "node:crypto";
import type { Operation, Resource } from "../../provider/resource.ts";
import { notEmpty, object, oneOf, type Properties, set, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import type { Api } from "../api.ts";
import { fromBody, toField } from "../body.ts";
import { clusterId, memberPath } from "../database.ts";
import { named, unlessGone } from "../rest.ts";

const rule = object({
  type: string({ required: true, check: oneOf("ip_addr", "droplet", "k8s", "tag", "app") }),
  value: string({ required: true, check: notEmpty }),
  uuid: string({ output: true }),
  createdAt: string({ output: true }),
});
const properties: Properties = { clusterId, rules: set(rule, { required: true }) };

async function write(operation: Operation<Api>, state: Values, rules: Values["rules"] = []): Promise<void> {
  const body = { rules: toField({ ...rule, kind: "set", element: rule }, rules ?? []) };
  await operation.client.call("PUT", memberPath(state, "firewall"), operation, body);
}

const read = async (operation: Operation<Api>, state: Values): Promise<Values> => ({
  ...fromBody(properties, await operation.client.call("GET", memberPath(state, "firewall"), operation)),
  clusterId: String(state.clusterId),
});

/** The platform has one list per cluster and no id for it: this one is made as Terraform makes unique ids. */
const newId = (cluster: string): string =>
  `${cluster}-${new Date().toISOString().replace(/\D/g, "")}0${randomBytes(4).toString("hex")}`;

export default {
  properties,
  importId: (cluster) => ({ id: newId(cluster), state: { clusterId: cluster } }),
  create: (operation, planned) =>
    named("creating database firewall", async () => {
      await write(operation, planned, planned.rules);
      return { id: newId(String(planned.clusterId)), state: await read(operation, planned) };
    }),
  read: (operation, id, state) =>
    named("reading database firewall", () =>
      unlessGone(async () => ({ id, state: await read(operation, state) })),
    ),
  update: (operation, id, planned) =>
    named("updating database firewall", async () => {
      await write(operation, planned, planned.rules);
      return { id, state: await read(operation, planned) };
    }),
  /** An empty list opens the cluster to everyone: that is what deleting it means on the platform. */
  delete: (operation, _id, state) =>
    named("deleting database firewall", async () => {
      await unlessGone(() => write(operation, state));
    }),
} satisfies Resource<Api>;
