/** A database cluster by name. */
import type { Invokable } from "../../provider/resource.ts";
import { set, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import cluster from "../resources/database-cluster.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(cluster.properties).map(([name, facts]) => [name, { ...facts, output: true }]);

export default {
  properties: { ...Object.fromEntries(outputs), name: string({ required: true }), tags: set(string()) },
  invoke: (operation, { name }) =>
    named("getting database cluster", async () => {
      const all = await operation.client.list("/v2/databases", "databases", operation);
      const found = all.find((one) => one.name === name);
      if (!found) throw new Error(`no database cluster is named ${String(name)}`);
      const wanted = { maintenanceWindows: [{}], storageAutoscale: {} };
      const existing = await cluster.read(operation, String(found.id), wanted);
      if (!existing) throw new Error(`the database cluster ${String(name)} was deleted meanwhile`);
      const { clusterUrn = null, storageAutoscale, ...state } = existing.state;
      return {
        ...state,
        id: existing.id,
        urn: clusterUrn,
        storageAutoscales: storageAutoscale ? [storageAutoscale] : [],
      };
    }),
} satisfies Invokable<Api>;
