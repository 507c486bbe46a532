import * as z from "zod";
import { preconditionFailed } from "../../errors.ts";
import { create } from "../../resource.ts";
import type { SavedCluster } from "./cluster.ts";
import { clusters } from "./clusters.ts";
import { DB } from "./contents.ts";
import { engineOf } from "./engines.ts";

export const dbs = clusters.owns<object>({
  kind: DB,
  path: "/dbs",
  roots: ["db", "dbs"],
  key: "name",
  nameTaken: "database already exists",
  unpaged: true,

  create: create({
    input: z.object({
      name: z
        .string()
        .min(1)
        .max(63)
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be letters, numbers, dashes, underscores and periods"),
    }),
    make(input, call) {
      refuseWithoutDatabases(call.parent);
      return { name: input.name };
    },
  }),
  remove: { refuse: (_, call) => refuseWithoutDatabases(call.parent) },
  view: (db) => ({ name: db.name }),
});

function refuseWithoutDatabases(cluster: SavedCluster): void {
  if (engineOf(cluster.engine).database === undefined)
    throw preconditionFailed(`database management is not supported for ${cluster.engine} clusters`);
}
