/** A database of a cluster (terraform-provider-digitalocean: resource_database_db). */
import type { Resource } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import { clusterId, importMember, memberPath } from "../database.ts";
import { named, unlessGone } from "../rest.ts";

const idOf = (cluster: string, name: string): string => `${cluster}/database/${name}`;

export default {
  properties: { clusterId, name: string({ required: true, replaces: true, autoname: 255, check: notEmpty }) },
  importId: importMember("database", idOf),
  create: (operation, planned) =>
    named("creating database", async () => {
      await operation.client.call("POST", memberPath(planned, "dbs"), operation, { name: planned.name });
      return { id: idOf(String(planned.clusterId), String(planned.name)), state: {} };
    }),
  read: (operation, id, state) =>
    named("reading database", () =>
      unlessGone(async () => {
        await operation.client.call("GET", memberPath(state, "dbs", state.name), operation);
        return { id, state: {} };
      }),
    ),
  delete: (operation, _id, state) =>
    named("deleting database", async () => {
      await unlessGone(() =>
        operation.client.call("DELETE", memberPath(state, "dbs", state.name), operation),
      );
    }),
} satisfies Resource<Api>;
