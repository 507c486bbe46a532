/** A managed database cluster (terraform-provider-digitalocean: resource_database_cluster). */
import type { Failure } from "../../provider/check.ts";
import { equal } from "../../provider/plan.ts";
import { type Existing, type Operation, PartialFailure, type Resource } from "../../provider/resource.ts";
import {
  between,
  boolean,
  integer,
  list,
  notEmpty,
  object,
  type Properties,
  set,
  string,
} from "../../provider/schema.ts";
import { unknown, type Value, type Values } from "../../provider/values.ts";
import { type Api, asBody, type Body, bodies, isStatus, until } from "../api.ts";
import { fromBody, fromField, toBody, toField } from "../body.ts";
import { connectionOf, first, tag } from "../database.ts";
import { named, unlessGone } from "../rest.ts";
import { retag } from "../tags.ts";

const caching = (engine: Value | undefined): boolean => engine === "redis" || engine === "valkey";
const required = { required: true, check: notEmpty } as const;
const chosen = { computed: true, replaces: true, check: notEmpty } as const;
const derived = { output: true, api: false } as const;
const secret = { ...derived, secret: true } as const;
/** Set by calls of their own after the cluster is online, and read back only when the program sets them. */
const apart = { api: false } as const;

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const withoutSeconds = (hour: Value): string => String(hour).split(":").slice(0, 2).join(":");
const maintenanceWindow = object({
  day: string({
    required: true,
    check: (day) => (days.includes(String(day).toLowerCase()) ? undefined : "must be a day of the week"),
  }),
  hour: string({ required: true, same: (old, now) => withoutSeconds(old) === withoutSeconds(now) }),
});
const storageAutoscale = object({
  enabled: boolean({ required: true }),
  thresholdPercent: integer({ check: between(15, 95) }),
  incrementGib: integer({ check: between(10, Number.MAX_SAFE_INTEGER) }),
});

const properties: Properties = {
  name: string({ ...required, replaces: true, autoname: 255 }),
  engine: string({ ...required, replaces: true, same: (old, now) => caching(old) && caching(now) }),
  version: string({
    // The platform upgrades caching engines by itself: a newer one than asked for is no change.
    same: (old, now, inputs) => caching(inputs.engine) && Number(old) > Number(now),
  }),
  size: string(required),
  region: string({ ...required, same: (old, now) => String(now).toLowerCase() === old }),
  nodeCount: integer({ required: true, api: "num_nodes" }),
  maintenanceWindows: list(maintenanceWindow, apart),
  evictionPolicy: string({ ...apart, check: notEmpty }),
  sqlMode: string(apart),
  privateNetworkUuid: string(chosen),
  projectId: string(chosen),
  tags: set(tag),
  /** Acts when the cluster is made, never again. */
  backupRestore: object(
    { databaseName: string({ required: true }), backupCreatedAt: string() },
    { writeOnly: true },
  ),
  storageSizeMib: string({ computed: true, write: Number }),
  storageAutoscale: { ...storageAutoscale, writeOnly: true },

  host: string(derived),
  port: integer(derived),
  privateHost: string(derived),
  uri: string(secret),
  privateUri: string(secret),
  database: string(derived),
  user: string(derived),
  password: string(secret),
  uiHost: string(derived),
  uiPort: integer(derived),
  uiUri: string(secret),
  uiDatabase: string(derived),
  uiUser: string(derived),
  uiPassword: string(secret),
  metricsEndpoints: list(string(), derived),
  clusterUrn: string(derived),
};

const pathOf = (id: string): string => `/v2/databases/${id}`;

async function read(operation: Operation<Api>, id: string, state: Values): Promise<Existing> {
  const get = (part = ""): Promise<Body> => operation.client.call("GET", `${pathOf(id)}${part}`, operation);
  const cluster = asBody((await get()).database);
  const connection = asBody(cluster.connection);
  const ui = asBody(cluster.ui_connection);
  const texts = (body: Body, ...names: string[]): Value[] =>
    names.map((name) => (typeof body[name] === "string" ? body[name] : null));
  const [database = null, user = null] = texts(connection, "database", "user");
  const [uiHost = null, uiUri = null, uiDatabase = null, uiUser = null, uiPassword = null] = texts(
    ui,
    "host",
    "uri",
    "database",
    "user",
    "password",
  );
  const endpoints = bodies(cluster.metrics_endpoints).map(
    ({ host, port }) => `https://${host}:${port}/metrics`,
  );
  const values: Record<string, Value> = {
    ...fromBody(properties, cluster),
    ...connectionOf(cluster, state),
    database,
    user,
    uiHost,
    uiUri,
    uiDatabase,
    uiUser,
    uiPassword,
    uiPort: typeof ui.port === "number" ? ui.port : null,
    metricsEndpoints: endpoints,
    clusterUrn: `do:dbaas:${id}`,
  };
  if (state.maintenanceWindows)
    values.maintenanceWindows = [fromField(maintenanceWindow, cluster.maintenance_window)];
  if (state.evictionPolicy)
    values.evictionPolicy = String((await get("/eviction_policy")).eviction_policy ?? "");
  if (state.sqlMode) values.sqlMode = String((await get("/sql_mode")).sql_mode ?? "");
  if (state.storageAutoscale) {
    const scale = cluster.storage_autoscale ?? (await get("/autoscale")).storage;
    if (scale) values.storageAutoscale = fromField(storageAutoscale, scale);
  }
  return { id, state: values };
}

/** Waits until it serves. A 404 in between is a platform that hasn't caught up with itself. */
function online(operation: Operation<Api>, id: string): Promise<true> {
  return until(operation, "waiting for the database cluster to come online", async () => {
    const found = await unlessGone(() => operation.client.call("GET", pathOf(id), operation));
    return found && asBody(found.database).status === "online" ? true : undefined;
  });
}

/** The settings that have calls of their own, in the order of the official plugin. */
async function setApart(
  operation: Operation<Api>,
  id: string,
  planned: Values,
  prior: Values,
): Promise<void> {
  const put = (part: string, body: object): Promise<Body> =>
    operation.client.call("PUT", `${pathOf(id)}/${part}`, operation, body);
  const changed = (name: string): boolean => !equal(properties[name], planned[name], prior[name]);
  const window = first(planned.maintenanceWindows);
  if (window && changed("maintenanceWindows"))
    await put("maintenance", asBody(toField(maintenanceWindow, window)));
  if (changed("evictionPolicy"))
    await put("eviction_policy", { eviction_policy: planned.evictionPolicy ?? "noeviction" });
  if (changed("sqlMode")) await put("sql_mode", { sql_mode: planned.sqlMode ?? "" });
}

function check(inputs: Values): Failure[] {
  const failures: Failure[] = [];
  const { engine, version, sqlMode, evictionPolicy } = inputs;
  const fail = (property: string, reason: string): void => {
    failures.push({ property, reason });
  };
  if (version === undefined) fail("version", "this property is required");
  if (engine === unknown) return failures;
  if (sqlMode && engine !== "mysql") fail("sqlMode", "is for MySQL clusters only");
  if (evictionPolicy && !caching(engine)) fail("evictionPolicy", "is for Valkey and Redis clusters only");
  return failures;
}

const cluster: Resource<Api> = {
  properties,
  timeouts: { create: 1800, update: 1800 },
  check,
  create: (operation, planned) =>
    named("creating database cluster", async () => {
      const body = { ...toBody(properties, planned), version: planned.version };
      const made = asBody((await operation.client.call("POST", "/v2/databases", operation, body)).database);
      const id = String(made.id);
      // An error from here on loses the cluster to the state, as with the official plugin; an interruption doesn't.
      await online(operation, id).catch((error: unknown) => {
        if (!operation.signal.aborted) throw error;
        throw new PartialFailure(
          { id, state: {} },
          "interrupted before the cluster was online: run the update again",
        );
      });
      await setApart(operation, id, planned, {});
      // MongoDB shows the password in this one answer.
      return read(operation, id, { ...planned, ...connectionOf(made, {}) });
    }),
  read: (operation, id, state) =>
    named("reading database cluster", () => unlessGone(() => read(operation, id, state))),
  update: (operation, id, planned, prior) =>
    named("updating database cluster", async () => {
      const changed = (...names: string[]): boolean =>
        names.some((name) => !equal(properties[name], planned[name], prior[name]));
      const put = (part: string, body: object): Promise<Body> =>
        operation.client.call("PUT", `${pathOf(id)}/${part}`, operation, body);
      await online(operation, id);
      if (changed("size", "nodeCount", "storageSizeMib")) {
        const storage = changed("storageSizeMib") && { storage_size_mib: Number(planned.storageSizeMib) };
        await put("resize", { size: planned.size, num_nodes: planned.nodeCount, ...storage });
        await online(operation, id);
      }
      if (changed("region")) {
        await put("migrate", { region: planned.region });
        await online(operation, id);
      }
      await setApart(operation, id, planned, prior);
      if (changed("version")) await put("upgrade", { version: planned.version });
      if (changed("tags"))
        await retag(operation, { resource_id: id, resource_type: "database" }, planned, prior);
      if (changed("storageAutoscale") && planned.storageAutoscale) {
        await put("autoscale", {
          autoscale: { storage: toField(storageAutoscale, planned.storageAutoscale) },
        });
      }
      return read(operation, id, { ...prior, ...planned });
    }),
  delete: (operation, id) =>
    named("deleting database cluster", async () => {
      await operation.client.call("DELETE", pathOf(id), operation).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    }),
};
export default cluster;
