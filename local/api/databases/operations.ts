import * as z from "zod";
import {
  accepted,
  type Call,
  noContent,
  ok,
  type Route,
  stateAt,
  timestamp,
  transition,
} from "../../call.ts";
import { notFound, preconditionFailed, unprocessable } from "../../errors.ts";
import { parse } from "../../input.ts";
import { newId } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import { regionSlug } from "../regions.ts";
import { vpcFor } from "../vpcs.ts";
import { backupsOf } from "./backups.ts";
import { isCache, isMysql, type SavedCluster, type Server } from "./cluster.ts";
import { CREATE_SECONDS, clusters, isOnline, NODE_SECONDS, refuseLayout, storageOf } from "./clusters.ts";
import { ConfigPatch, checkedConfig, configView, EVICTION_POLICIES, evictionPolicy } from "./config.ts";
import { engineOf, findVersion } from "./engines.ts";
import { eventsOf, record } from "./events.ts";
import { Autoscale, autoscaleView, Cnames } from "./fields.ts";
import { RuleList, rulesFrom, rulesView } from "./firewall.ts";

// What one cluster can be asked and told beside its create, read and delete.

clusters.read("/ca", (_, call) => ({
  ca: { certificate: Buffer.from(call.authority.certificate).toString("base64") },
}));
clusters.read("/backups", (cluster, call) => backupsOf(call, cluster));
clusters.read("/events", (cluster, call) => ({ events: eventsOf(call, cluster) }));

clusters.on(
  "PUT",
  "/resize",
  z.object({ size: z.string(), num_nodes: z.int(), storage_size_mib: z.int().nullish() }),
  (cluster, input, call) => {
    refuseUnlessOnline(cluster, call);
    refuseLayout(cluster.engine, input.num_nodes, input.size);
    if (memoryOf(input.size) < memoryOf(cluster.size))
      throw unprocessable("a cluster can not be resized to a smaller plan");
    // Without a size of its own the storage becomes the plan's, as far as it does not shrink.
    const storage = input.storage_size_mib
      ? storageOf(input.size, input.storage_size_mib)
      : Math.max(cluster.storage_size_mib, storageOf(input.size, undefined));
    change(cluster, call, "resizing", NODE_SECONDS, {
      size: input.size,
      num_nodes: input.num_nodes,
      storage_size_mib: storage,
    });
    return accepted();
  },
);

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
  clusters.save(call, { ...cluster, version });
  record(call, cluster, "cluster_update");
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

clusters.read("/autoscale", (cluster) => ({
  autoscale: autoscaleView(cluster) ?? { storage: { enabled: false } },
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

/** MySQL's own default on the platform (API description, databases_get_sql_mode). */
const SQL_MODE =
  "ANSI,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES";

clusters.read("/sql_mode", (cluster) => {
  if (!isMysql(cluster))
    throw preconditionFailed(`SQL modes are not supported for ${cluster.engine} clusters`);
  return { sql_mode: cluster.sql_mode ?? SQL_MODE };
});
clusters.on(
  "PUT",
  "/sql_mode",
  z.object({ sql_mode: z.string().regex(/^[A-Z_]*(,[A-Z_]+)*$/, "is not a list of SQL modes") }),
  (cluster, { sql_mode }, call) => {
    if (!isMysql(cluster))
      throw preconditionFailed(`SQL modes are not supported for ${cluster.engine} clusters`);
    clusters.save(call, { ...cluster, sql_mode });
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
  // Nothing is copied: there are no servers to copy between.
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

/** A replica has trusted sources of its own, under its own id. */
function serverOf(call: Call): Saved<Server> {
  const server = call.store.byUrn<Server>(`do:dbaas:${call.params.id}`);
  if (!server || !call.store.get(server.kind, server.parent, server.id))
    throw notFound("database cluster not found");
  return server;
}

export const firewallRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/databases/:id/firewall",
    handle(call) {
      const server = serverOf(call);
      return ok({ rules: rulesView(server.id, server.rules) });
    },
  },
  {
    method: "PUT",
    path: "/v2/databases/:id/firewall",
    handle(call) {
      const server = serverOf(call);
      const { rules } = parse(RuleList, call.body);
      call.store.update({ ...server, rules: rulesFrom(rules, server.rules, call.now) });
      call.store.note(call.now, `set ${rules.length} trusted sources of ${server.name}`);
      return noContent();
    },
  },
];

function change(
  cluster: SavedCluster,
  call: Call,
  state: string,
  seconds: number,
  body: Partial<SavedCluster>,
): void {
  clusters.save(call, { ...cluster, ...body, change: transition(state, call.after(seconds)) });
  record(call, cluster, "cluster_update");
  call.store.note(call.now, `${state} database cluster ${cluster.name}`);
}

function refuseUnlessOnline(cluster: SavedCluster, call: Call): void {
  if (!isOnline(cluster, call)) throw preconditionFailed("cluster is not online: try again later");
}

const memoryOf = (size: string) => Number(/-(\d+)gb/.exec(size)?.[1] ?? 0);
