import * as z from "zod";
import { accepted, type Call, noContent, ok, stateAt, timestamp, transition } from "../../call.ts";
import { notFound, preconditionFailed, unprocessable } from "../../errors.ts";
import { newId } from "../../relations.ts";
import { regionSlug } from "../datacenters.ts";
import { vpcFor } from "../vpcs.ts";
import { backupsOf } from "./backups.ts";
import { isCache, type SavedCluster } from "./cluster.ts";
import { CREATE_SECONDS, clusters, NODE_SECONDS } from "./clusters.ts";
import { ConfigPatch, checkedConfig, configView, EVICTION_POLICIES, evictionPolicy } from "./config.ts";
import { engineOf, findVersion } from "./engines.ts";
import { eventsOf, record } from "./events.ts";
import { Autoscale, Cnames } from "./fields.ts";
import { change, refuseUnlessOnline } from "./servers.ts";

// What one cluster can be asked and told beside its create, read and delete.

clusters.read("/ca", (_, call) => ({
  ca: { certificate: Buffer.from(call.authority.certificate).toString("base64") },
}));
clusters.read("/backups", (cluster, call) => backupsOf(call, cluster));
clusters.read("/events", (cluster, call) => ({ events: eventsOf(call, cluster) }));

clusters.on(
  "PUT",
  "/migrate",
  z.object({ region: regionSlug, private_network_uuid: z.string().nullish() }),
  (cluster, input, call) => {
    refuseUnlessOnline(cluster, call);
    const vpc = vpcFor(call, input.region, input.private_network_uuid || undefined);
    change(cluster, call, "migrating", CREATE_SECONDS, {
      region: input.region,
      private_network_uuid: vpc.id,
    });
    return accepted();
  },
);

clusters.on("PUT", "/upgrade", z.object({ version: z.string() }), (cluster, { version }, call) => {
  refuseUnlessOnline(cluster, call);
  const engine = engineOf(cluster.engine);
  const { versions } = engine;
  const at = (text: string) =>
    versions.findIndex((known) => known.version === findVersion(engine, text)?.version);
  if (at(version) < 0) throw unprocessable("invalid version for engine");
  if (at(version) <= at(cluster.version))
    throw unprocessable("a cluster can only be upgraded to a later version");
  // The API has no state of its own for an upgrade (API description, database_cluster).
  change(cluster, call, "migrating", NODE_SECONDS, { version });
  return noContent();
});

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const Window = z.object({
  day: z.string().toLowerCase().pipe(z.enum(DAYS)),
  hour: z.string().regex(/^([01]?\d|2[0-3])(:[0-5]\d){1,2}$/, "must be a time HH:MM in UTC"),
});

clusters.on("PUT", "/maintenance", Window, (cluster, { day, hour }, call) => {
  const [hours = "", minutes = "", seconds = "00"] = hour.split(":");
  clusters.save(call, {
    ...cluster,
    maintenance: { day, hour: `${hours.padStart(2, "0")}:${minutes}:${seconds}` },
  });
  return noContent();
});

// No update is ever pending here: the platform answers the same when there is nothing to install.
clusters.on("PUT", "/install_update", z.unknown(), (cluster, _, call) => {
  record(call, cluster, "cluster_maintenance_perform");
  return noContent();
});

// The API description wraps it in `autoscale`, godo reads it bare.
clusters.read("/autoscale", ({ autoscale: storage = { enabled: false } }) => ({
  autoscale: { storage },
  storage,
}));
clusters.on("PUT", "/autoscale", z.object({ storage: Autoscale }), (cluster, { storage }, call) => {
  clusters.save(call, { ...cluster, autoscale: storage });
  return noContent();
});

clusters.read("/do_settings", (cluster) => ({ do_settings: { service_cnames: cluster.service_cnames } }));
clusters.on(
  "PUT",
  "/do_settings",
  z.object({ do_settings: z.object({ service_cnames: Cnames.nullish() }) }),
  (cluster, input, call) => {
    clusters.save(call, { ...cluster, service_cnames: input.do_settings.service_cnames ?? [] });
    return noContent();
  },
);

clusters.read("/config", (cluster) => ({ config: configView(cluster) }));
clusters.on("PATCH", "/config", ConfigPatch, (cluster, { config }, call) => {
  refuseUnlessOnline(cluster, call);
  clusters.save(call, { ...cluster, config: { ...cluster.config, ...checkedConfig(cluster, config) } });
  return ok({});
});

clusters.read("/eviction_policy", (cluster) => {
  if (!isCache(cluster))
    throw preconditionFailed(`eviction policies are not supported for ${cluster.engine} clusters`);
  return { eviction_policy: evictionPolicy(cluster) };
});
clusters.on(
  "PUT",
  "/eviction_policy",
  z.object({ eviction_policy: z.enum(EVICTION_POLICIES) }),
  (cluster, { eviction_policy }, call) => {
    if (!isCache(cluster))
      throw preconditionFailed(`eviction policies are not supported for ${cluster.engine} clusters`);
    clusters.save(call, {
      ...cluster,
      config: { ...cluster.config, valkey_maxmemory_policy: eviction_policy },
    });
    return noContent();
  },
);

clusters.read("/sql_mode", (cluster) => {
  if (cluster.engine !== "mysql")
    throw preconditionFailed(`SQL modes are not supported for ${cluster.engine} clusters`);
  return { sql_mode: configView(cluster).sql_mode };
});
clusters.on(
  "PUT",
  "/sql_mode",
  z.object({ sql_mode: z.string().regex(/^[A-Z_]*(,[A-Z_]+)*$/, "is not a list of SQL modes") }),
  (cluster, { sql_mode }, call) => {
    if (cluster.engine !== "mysql")
      throw preconditionFailed(`SQL modes are not supported for ${cluster.engine} clusters`);
    clusters.save(call, { ...cluster, config: { ...cluster.config, sql_mode } });
    return noContent();
  },
);

const Source = z.object({
  source: z.object({
    host: z.string().min(1),
    port: z.int(),
    dbname: z.string().nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
  }),
  disable_ssl: z.boolean().nullish(),
  ignore_dbs: z.array(z.string()).nullish(),
});

clusters.read("/online-migration", (cluster, call) => migrationView(cluster, call));
clusters.on("PUT", "/online-migration", Source, (cluster, _, call) => {
  refuseUnlessOnline(cluster, call);
  // Nothing is copied: the source may be anywhere.
  const migration = {
    id: newId(),
    created: call.now,
    change: transition("running", call.after(NODE_SECONDS)),
  };
  return ok(migrationView(clusters.save(call, { ...cluster, migration }), call));
});
clusters.on("DELETE", "/online-migration/:migration", z.unknown(), (cluster, _, call) => {
  if (cluster.migration?.id !== call.params.migration) throw notFound("online migration not found");
  const { migration: __, ...rest } = cluster;
  clusters.save(call, rest);
  return noContent();
});

function migrationView(cluster: SavedCluster, call: Call): object {
  const { migration } = cluster;
  if (!migration) throw notFound("online migration not found");
  return {
    id: migration.id,
    status: stateAt(call.now, migration.change, "done"),
    created_at: timestamp(migration.created),
  };
}
