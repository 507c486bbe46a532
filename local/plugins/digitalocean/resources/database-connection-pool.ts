/** A PgBouncer pool of a PostgreSQL cluster (terraform-provider-digitalocean: resource_database_connection_pool). */
import type { Resource } from "../../provider/resource.ts";
import { integer, lengthBetween, notEmpty, oneOf, type Properties, string } from "../../provider/schema.ts";
import type { Values } from "../../provider/values.ts";
import { type Api, asBody, type Body } from "../api.ts";
import { fromBody, toBody } from "../body.ts";
import { clusterId, connectionOf, importMember, memberPath } from "../database.ts";
import { named, unlessGone } from "../rest.ts";

const idOf = (cluster: string, name: string): string => `${cluster}/${name}`;
const fixed = { required: true, replaces: true } as const;
const derived = { output: true, api: false } as const;

const properties: Properties = {
  clusterId,
  name: string({ ...fixed, autoname: 255, check: lengthBetween(3, 63) }),
  /** Without it the pool passes each client's own user through. */
  user: string({ replaces: true, check: notEmpty }),
  mode: string({ ...fixed, check: oneOf("session", "transaction", "statement") }),
  size: integer(fixed),
  dbName: string({ ...fixed, api: "db", check: notEmpty }),
  host: string(derived),
  port: integer(derived),
  privateHost: string(derived),
  uri: string({ ...derived, secret: true }),
  privateUri: string({ ...derived, secret: true }),
  password: string({ ...derived, secret: true }),
};

const existing = (body: Body, state: Values) => {
  const pool = asBody(body.pool);
  const cluster = String(state.clusterId);
  return {
    id: idOf(cluster, String(pool.name)),
    state: { ...fromBody(properties, pool), ...connectionOf(pool, state), clusterId: cluster },
  };
};

export default {
  properties,
  importId: importMember("connection pool", idOf),
  create: (operation, planned) =>
    named("creating connection pool", async () =>
      existing(
        await operation.client.call(
          "POST",
          memberPath(planned, "pools"),
          operation,
          toBody(properties, planned),
        ),
        planned,
      ),
    ),
  read: (operation, _id, state) =>
    named("reading connection pool", () =>
      unlessGone(async () =>
        existing(
          await operation.client.call("GET", memberPath(state, "pools", state.name), operation),
          state,
        ),
      ),
    ),
  delete: (operation, _id, state) =>
    named("deleting connection pool", async () => {
      await unlessGone(() =>
        operation.client.call("DELETE", memberPath(state, "pools", state.name), operation),
      );
    }),
} satisfies Resource<Api>;
