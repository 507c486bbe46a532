import * as z from "zod";
import { type Call, stateAt, storedTime, timestamp, transition } from "../../call.ts";
import type { Serving } from "../../dataplane/dataplane.ts";
import type { Source } from "../../dataplane/engine.ts";
import { notFound, preconditionFailed, unprocessable } from "../../errors.ts";
import { reference, tagList } from "../../input.ts";
import { projectOf, tagsOf } from "../../relations.ts";
import { create, resource } from "../../resource.ts";
import { regionSlug } from "../datacenters.ts";
import { vpcFor } from "../vpcs.ts";
import { restorePoint } from "./backups.ts";
import { type Cluster, isCache, type SavedCluster } from "./cluster.ts";
import { connections } from "./connections.ts";
import { contents, fill, newPassword } from "./contents.ts";
import { engineName, engineOf, findVersion, lifeOf, storageRange } from "./engines.ts";
import { record } from "./events.ts";
import { Autoscale, autoscaleView, Cnames } from "./fields.ts";
import { RuleInput, rulesFrom } from "./firewall.ts";
import { takenPlaces } from "./places.ts";

/** Seconds, measured on the platform: one node 5 min 3 s, and 5 more for each standby. */
export const CREATE_SECONDS = 303;
export const NODE_SECONDS = 300;
/** Estimates: the platform publishes none. */
const FIRST_BACKUP_SECONDS = 60;
const TEARDOWN_SECONDS = 60;

const Create = z.object({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/,
      "must be 3-63 lowercase letters, numbers and dashes, and start with a letter",
    ),
  engine: engineName,
  version: z.string().nullish(),
  num_nodes: z.int().min(1),
  size: z.string(),
  region: regionSlug,
  private_network_uuid: reference,
  tags: tagList,
  storage_size_mib: z.int().nullish(),
  storage_autoscale: Autoscale.nullish(),
  autoscale: z.object({ storage: Autoscale.optional() }).nullish(),
  backup_restore: z.object({ database_name: z.string(), backup_created_at: z.string().nullish() }).nullish(),
  rules: z.array(RuleInput).nullish(),
  do_settings: z.object({ service_cnames: Cnames.nullish() }).nullish(),
});

export const clusters = resource<Cluster>({
  kind: "database cluster",
  path: "/v2/databases",
  roots: ["database", "databases"],
  urn: "dbaas",
  nameTaken: "cluster name is not available",
  vpc: (cluster) => cluster.private_network_uuid,
  inProject: true,
  tagged: true,
  unpaged: true,

  create: create({
    input: Create,
    make(input, call) {
      const engine = engineOf(input.engine);
      if (engine.ended) throw unprocessable(engine.ended);
      const version = input.version || findVersion(engine, undefined)?.version || "";
      if (!findVersion(engine, version)) throw unprocessable("invalid version for engine");
      refuseLayout(input.engine, input.num_nodes, input.size);
      const fork = input.backup_restore && forkOf(call, input.backup_restore, input.engine, version);
      const source = fork?.of;
      if (source && storageOf(input.size, input.storage_size_mib) < source.storage_size_mib)
        throw unprocessable("the restored cluster must have at least the storage of its source");
      const seconds = CREATE_SECONDS + (input.num_nodes - 1) * NODE_SECONDS;
      return {
        name: input.name,
        engine: input.engine,
        version,
        num_nodes: input.num_nodes,
        size: input.size,
        region: input.region,
        private_network_uuid: vpcFor(call, input.region, input.private_network_uuid).id,
        storage_size_mib: storageOf(input.size, input.storage_size_mib),
        password: newPassword(),
        place: call.dataPlane.placeCluster(takenPlaces(call)),
        change: transition(source ? "forking" : "creating", call.after(seconds)),
        ...(fork?.origin && { origin: fork.origin }),
        firstBackup: storedTime(call.after(seconds + FIRST_BACKUP_SECONDS)),
        maintenance: maintenanceFor(call.now),
        autoscale: input.storage_autoscale ?? input.autoscale?.storage,
        // A fork has its source's data and settings, and none of its trusted sources: until it gets some, it is open.
        config: source?.config ?? {},
        rules: rulesFrom(input.rules ?? [], [], call.now),
        service_cnames: input.do_settings?.service_cnames ?? [],
      };
    },
    also(cluster, { backup_restore }, call) {
      fill(
        call,
        cluster,
        backup_restore ? call.store.named(clusters.about.kind, "", backup_restore.database_name) : undefined,
      );
      record(call, cluster, "cluster_create");
    },
    shown: (cluster, call) => connections(call, cluster, true),
  }),

  remove: { seconds: TEARDOWN_SECONDS },
  view,
  row: (cluster, call) => ({
    state: stateOf(cluster, call),
    where: cluster.region,
    address: `${cluster.place.host}:${engineOf(cluster.engine).port}`,
    detail: [
      `${cluster.engine} ${cluster.version}, ${cluster.num_nodes} × ${cluster.size}`,
      cluster.rules.length === 0 ? "open to everyone" : `${cluster.rules.length} trusted sources`,
      servingNote(call.dataPlane.serving(cluster.id)),
    ].join(", "),
  }),
});

const servingNote = ({ state, why }: Serving): string => (why ? `${state}: ${why}` : state);

function view(cluster: SavedCluster, call: Call): object {
  const version = findVersion(engineOf(cluster.engine), cluster.version);
  const urn = cluster.urn ?? "";
  return {
    id: cluster.id,
    name: cluster.name,
    engine: cluster.engine,
    version: cluster.version,
    semantic_version: version?.semantic,
    num_nodes: cluster.num_nodes,
    size: cluster.size,
    region: cluster.region,
    status: stateOf(cluster, call),
    created_at: timestamp(cluster.createdAt),
    private_network_uuid: cluster.private_network_uuid,
    project_id: projectOf(call, urn),
    tags: tagsOf(call, urn),
    ...contents(call, cluster, isOnline(cluster, call)),
    ...connections(call, cluster, false),
    maintenance_window: { ...cluster.maintenance, pending: false },
    version_end_of_life: version && (lifeOf(version).end_of_life ?? undefined),
    version_end_of_availability: version && (lifeOf(version).end_of_availability ?? undefined),
    storage_size_mib: cluster.storage_size_mib,
    ...autoscaleView(cluster),
    do_settings: { service_cnames: cluster.service_cnames },
  };
}

type Changing = Pick<SavedCluster, "id" | "change">;

/** A cluster or replica is online when its time is up and what serves it is there. */
export function stateOf({ id, change }: Changing, call: Call<unknown>): string {
  const isComing = call.dataPlane.serving(id).state === "starting";
  return isComing ? (change?.state ?? "creating") : stateAt(call.now, change, "online");
}
export const isOnline = (cluster: Changing, call: Call<unknown>): boolean =>
  stateOf(cluster, call) === "online";

/** Refuses a number of nodes or a size that the engine does not come in. */
export function refuseLayout(engine: string, nodes: number, size: string): void {
  const { layouts } = engineOf(engine);
  const layout = layouts.find((layout) => layout.nodes === nodes);
  if (!layout)
    throw unprocessable(
      `invalid num_nodes: ${engine} clusters have ${layouts.map((layout) => layout.nodes).join(", ")} nodes`,
    );
  if (!layout.sizes.includes(size))
    throw unprocessable(`invalid size: ${engine} clusters of ${nodes} nodes do not come in ${size}`);
}

/** The storage in MiB that a cluster of `size` gets when it asks for `wanted`; none asks for the plan's own. */
export function storageOf(size: string, wanted: number | null | undefined): number {
  const { base, most } = storageRange(size);
  if (!wanted) return base;
  if (wanted < base || wanted > most)
    throw unprocessable(`invalid storage_size_mib: ${size} has from ${base} to ${most} MiB`);
  return wanted;
}

/** The cluster that a fork is made of, when it can be, and what of it. */
function forkOf(
  call: Call<unknown>,
  { database_name, backup_created_at }: { database_name: string; backup_created_at?: string | null },
  engine: string,
  version: string,
): { of: SavedCluster; origin?: Source | undefined } {
  const source = clusters.all(call).find((cluster) => cluster.name === database_name);
  if (!source) throw notFound(`backup_restore: cluster ${database_name} not found`);
  if (source.engine !== engine || source.version !== version)
    throw unprocessable("backup_restore: engine and version must be those of the source");
  if (isCache(source)) {
    if (source.config.valkey_persistence === "off")
      throw unprocessable("backup_restore: a cluster without persistence can not be forked");
    if (!isOnline(source, call)) throw preconditionFailed("backup_restore: the source is not online");
    const isServed = call.dataPlane.serving(source.id).state === "serving";
    return { of: source, ...(isServed && { origin: { kind: "copy", cluster: source.id } }) };
  }
  return { of: source, origin: restorePoint(call, source, backup_created_at || undefined) };
}

/** A weekly window, as the platform gives a new cluster one; the day and hour follow from when it was made. */
function maintenanceFor(now: number): Cluster["maintenance"] {
  const time = new Date(now);
  const day =
    ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"][time.getUTCDay()] ??
    "sunday";
  return { day, hour: `${String(time.getUTCHours()).padStart(2, "0")}:00:00` };
}
