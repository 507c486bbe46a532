/** A user of a cluster by name. */
import type { Invokable } from "../../provider/resource.ts";
import { notEmpty, string } from "../../provider/schema.ts";
import type { Api } from "../api.ts";
import user from "../resources/database-user.ts";
import { named } from "../rest.ts";

const outputs = Object.entries(user.properties).map(([name, facts]) => [name, { ...facts, output: true }]);
const wanted = string({ required: true, check: notEmpty });

export default {
  properties: { ...Object.fromEntries(outputs), clusterId: wanted, name: wanted },
  invoke: (operation, { clusterId = null, name = null }) =>
    named("getting database user", async () => {
      const id = `${String(clusterId)}/user/${String(name)}`;
      const found = await user.read(operation, id, { clusterId, name });
      if (!found) throw new Error(`the cluster has no user ${String(name)}`);
      return { ...found.state, id, clusterId, name, settings: [] };
    }),
} satisfies Invokable<Api>;
