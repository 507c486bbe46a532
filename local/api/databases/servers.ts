import * as z from "zod";
import { accepted, type Call, noContent, ok, type Route, transition } from "../../call.ts";
import { preconditionFailed, unprocessable } from "../../errors.ts";
import { parse } from "../../input.ts";
import type { Saved } from "../../store.ts";
import { isAdmitted } from "./admission.ts";
import { backupView } from "./backups.ts";
import { isCache, type SavedCluster } from "./cluster.ts";
import { clusters, isOnline, NODE_SECONDS, refuseLayout, storageOf } from "./clusters.ts";
import { record } from "./events.ts";
import { RuleList, rulesFrom, rulesView } from "./firewall.ts";
import { type Replica, replicas, resizeReplica } from "./replicas.ts";

// A read-only replica answers to these paths as a cluster does, under its own id: it has trusted sources and a size of its own.

function replicaOf(call: Call): Saved<Replica> | undefined {
  const server = call.store.byUrn<Replica>(`do:dbaas:${call.params.id}`);
  return server?.kind === replicas.about.kind ? replicas.find(call, server.name, server.parent) : undefined;
}

const clusterOf = (call: Call): SavedCluster => clusters.must(call, call.params.id ?? "", "");

const Resize = z.object({ size: z.string(), num_nodes: z.int(), storage_size_mib: z.int().nullish() });

function resize(cluster: SavedCluster, input: z.output<typeof Resize>, call: Call): void {
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
}

/** Puts a cluster into a state that ends with what `body` says. */
export function change(
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

export function refuseUnlessOnline(cluster: SavedCluster, call: Call): void {
  if (!isOnline(cluster, call)) throw preconditionFailed("cluster is not online: try again later");
}

const memoryOf = (size: string) => Number(/-(\d+)gb/.exec(size)?.[1] ?? 0);

export const serverRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/databases/:id/firewall",
    handle(call) {
      const server = replicaOf(call) ?? clusterOf(call);
      return ok({ rules: rulesView(server.id, server.rules) });
    },
  },
  {
    method: "PUT",
    path: "/v2/databases/:id/firewall",
    handle(call) {
      const server = replicaOf(call) ?? clusterOf(call);
      const { rules } = parse(RuleList, call.body);
      call.store.update({ ...server, rules: rulesFrom(rules, server.rules, call.now) });
      call.store.note(call.now, `set ${rules.length} trusted sources of ${server.name}`);
      return noContent();
    },
  },
  {
    method: "PUT",
    path: "/v2/databases/:id/resize",
    handle(call) {
      const input = parse(Resize, call.body);
      const replica = replicaOf(call);
      if (replica) resizeReplica(replica, input, call);
      else resize(clusterOf(call), input, call);
      return accepted();
    },
  },
  {
    method: "POST",
    path: "/_local/databases/:id/backups",
    handle(call) {
      const cluster = clusterOf(call);
      refuseUnlessOnline(cluster, call);
      if (!call.dataPlane.backups(cluster.id) || isCache(cluster))
        throw preconditionFailed(
          "this cluster has no backups that could be made: nothing serves it, or it is a cache",
        );
      call.store.note(call.now, `backed up database cluster ${cluster.name}`);
      return {
        status: 201,
        later: async () => ({ backup: backupView(await call.dataPlane.backUp(cluster.id)) }),
      };
    },
  },
  {
    method: "GET",
    path: "/_local/servers",
    handle: (call) =>
      ok({
        servers: call.store.withUrn("dbaas").map(({ id, name }) => ({
          id,
          name,
          ...call.dataPlane.serving(id),
          admits_this_machine: isAdmitted(call, id, { address: "127.0.0.1", app: () => undefined }),
        })),
      }),
  },
];
