import * as z from "zod";
import { type Call, noContent, type Transition, timestamp, transition } from "../../call.ts";
import { preconditionFailed, unprocessable } from "../../errors.ts";
import { reference, tagList } from "../../input.ts";
import { defaultProject, moveToProject, projectOf, tagsOf } from "../../relations.ts";
import { create } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { regionSlug } from "../datacenters.ts";
import { vpcFor } from "../vpcs.ts";
import { requireBackup } from "./backups.ts";
import { isMysql, isPostgres, type SavedCluster, type Server } from "./cluster.ts";
import { clusters, isOnline, NODE_SECONDS, refuseLayout, stateOf, storageOf } from "./clusters.ts";
import { connection } from "./connections.ts";
import { fill } from "./contents.ts";
import { engineOf } from "./engines.ts";
import { record } from "./events.ts";
import { Cnames } from "./fields.ts";
import { takenPlaces } from "./places.ts";

export interface Replica extends Server {
  region: string;
  size: string;
  storage_size_mib: number;
  private_network_uuid: string;
  service_cnames: string[];
  change?: Transition;
}

export const replicas = clusters.owns<Replica>({
  kind: "database replica",
  path: "/replicas",
  roots: ["replica", "replicas"],
  key: "name",
  urn: "dbaas",
  nameTaken: "replica name is not available",
  vpc: (replica) => replica.private_network_uuid,
  tagged: true,
  unpaged: true,

  create: create({
    input: z.object({
      name: z
        .string()
        .regex(
          /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/,
          "must be 3-63 lowercase letters, numbers and dashes, and start with a letter",
        ),
      region: regionSlug.or(z.literal("")).nullish(),
      size: z.string().nullish(),
      private_network_uuid: reference,
      tags: tagList,
      storage_size_mib: z.int().nullish(),
      do_settings: z.object({ service_cnames: Cnames.nullish() }).nullish(),
    }),
    make(input, call) {
      const { parent } = call;
      if (!isPostgres(parent) && !isMysql(parent))
        throw preconditionFailed(`read-only replicas are not supported for ${parent.engine} clusters`);
      requireBackup(call, parent);
      const region = input.region || parent.region;
      const size = input.size || parent.size;
      refuseLayout(parent.engine, 1, size);
      const storage = input.storage_size_mib || Math.max(parent.storage_size_mib, storageOf(size, undefined));
      if (storage < parent.storage_size_mib)
        throw unprocessable("a replica must have at least the storage of its primary");
      const ownVpc = region === parent.region ? parent.private_network_uuid : undefined;
      return {
        name: input.name,
        region,
        size,
        storage_size_mib: storage,
        private_network_uuid: vpcFor(call, region, input.private_network_uuid ?? ownVpc).id,
        service_cnames: input.do_settings?.service_cnames ?? [],
        place: call.dataPlane.placeCluster(takenPlaces(call)),
        rules: [],
        change: transition("creating", call.after(NODE_SECONDS)),
      };
    },
  }),
  remove: {},
  view: (replica, call) => {
    const { parent } = call;
    const login = { user: engineOf(parent.engine).admin, password: parent.password };
    const to = (host: string) => connection(call, parent, parent.name, host, login);
    return {
      id: replica.id,
      name: replica.name,
      region: replica.region,
      size: replica.size,
      status: stateOf(replica, call),
      tags: tagsOf(call, replica.urn ?? ""),
      created_at: timestamp(replica.createdAt),
      private_network_uuid: replica.private_network_uuid,
      connection: to(replica.place.host),
      private_connection: to(replica.place.privateHost),
      storage_size_mib: replica.storage_size_mib,
      do_settings: { service_cnames: replica.service_cnames },
    };
  },
});

// A promoted replica becomes a cluster of its own under its name and id; its trusted sources and address stay.
replicas.on("PUT", "/promote", z.unknown(), (replica, _input, call) => {
  const { parent } = call;
  if (!isOnline(replica, call)) throw preconditionFailed("replica is not online");
  const { change: _change, ...body } = replica;
  replicas.remove(call, replica);
  const cluster: SavedCluster = {
    ...body,
    kind: clusters.about.kind,
    parent: "",
    engine: parent.engine,
    version: parent.version,
    num_nodes: 1,
    password: parent.password,
    firstBackup: call.now,
    maintenance: parent.maintenance,
    config: parent.config,
  };
  call.store.insert(cluster);
  moveToProject(call, replica.urn ?? "", projectOf(call, parent.urn ?? "") ?? defaultProject(call).id);
  fill(call, cluster, parent);
  record(call, parent, "cluster_master_promotion");
  return noContent();
});

/** PUT /v2/databases/{id}/resize with a replica's id; it has one node whatever the request says. */
export function resizeReplica(
  replica: Saved<Replica>,
  input: { size: string; storage_size_mib?: number | null },
  call: Call<unknown>,
): void {
  const primary = clusters.must(call, replica.parent, "");
  if (!isOnline(replica, call)) throw preconditionFailed("replica is not online: try again later");
  refuseLayout(primary.engine, 1, input.size);
  const wanted = storageOf(input.size, input.storage_size_mib);
  replicas.save(call, {
    ...replica,
    size: input.size,
    storage_size_mib: Math.max(primary.storage_size_mib, replica.storage_size_mib, wanted),
    change: transition("resizing", call.after(NODE_SECONDS)),
  });
}
