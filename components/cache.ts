import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArguments, type Protection, type Transform } from "./base.ts";
import { cacheProblems, type EvictionPolicy } from "./cache-rules.ts";
import type { ValkeySize, ValkeyVersion } from "./catalog.ts";
import { cacheCosts } from "./costs.ts";
import { ManagedDatabase, readable } from "./database.ts";
import type { DatabaseArgs, DatabaseTransforms } from "./database-args.ts";

export type CachePart = "cluster";

export interface CacheArgs extends DatabaseArgs<ValkeySize> {
  /** Major version, as the API writes it: `8`. DigitalOcean upgrades by itself; a newer one is no change. */
  version: ValkeyVersion;
  /** 1 or 2: the primary and its standby. Two need 2 GiB of memory. */
  nodeCount: number;
  /**
   * What happens when the memory is full. `noeviction` refuses writes: right for queues, sessions and revocations, none of
   * which may vanish. `allkeys-lru` drops what was not used for longest: right for a pure cache. Applied in place.
   * @default "noeviction"
   */
  evictionPolicy?: EvictionPolicy;
  /**
   * `rdb` writes keys to disk every ten minutes when any has changed; `off` loses all of them at a restart, and can't be
   * forked. Neither is a backup: the platform has none of Valkey.
   * @default "rdb"
   */
  persistence?: "rdb" | "off";
  /** Seconds after which an idle connection is closed, up to a year; 0 never. @default 300 */
  timeoutSeconds?: number;
  /** Id of a cluster to take over instead of creating one. @default none */
  import?: { cluster: string };
  /** How replacement and deletion of the cluster are met. @default protected and retained */
  protection?: Protection<CachePart>;
  /** Changes the wrapped resources. @default unchanged */
  transform?: DatabaseTransforms & { config?: Transform<digitalocean.DatabaseValkeyConfigArgs> };
}

/**
 * A managed Valkey cluster: what Redis clients talk to (DigitalOcean ended Redis in 2025). It has one user and no
 * databases to make. There are no backups: what must not be lost belongs elsewhere.
 */
export class Cache extends ManagedDatabase {
  /** `default`. */
  readonly user: pulumi.Output<string>;
  /** `rediss://` URI that names the host inside the VPC, secret. Whoever uses it verifies with `caCertificate`. */
  readonly uri: pulumi.Output<string>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = cacheProblems(name, args);
    if (problems.length) throw new InvalidArguments(name, problems);
    const { version, evictionPolicy = "noeviction", persistence = "rdb", timeoutSeconds = 300 } = args;
    const engine = { engine: "valkey" as const, version };
    super(
      "breakwater:data:Cache",
      name,
      args,
      { engine, costs: cacheCosts(args) },
      { evictionPolicy, persistence },
      opts,
    );
    if (persistence === "off") this.warn("persistence is off: a restart loses every key");

    // It alone owns the eviction policy: the cluster's own input for it would write `noeviction` when taken out.
    this.child(
      digitalocean.DatabaseValkeyConfig,
      "config",
      {
        clusterId: this.cluster.id,
        valkeyMaxmemoryPolicy: evictionPolicy,
        persistence,
        ssl: true,
        timeout: timeoutSeconds,
      },
      this.behindFirewall,
      args.transform?.config,
    );
    const { user, password } = this.cluster;
    this.user = user;
    this.uri = pulumi.secret(
      pulumi.all([user, password, this.host, this.port]).apply(([u, p, h, n]) => {
        const known = readable(name, "the cluster's password", p);
        return `rediss://${encodeURIComponent(u)}:${encodeURIComponent(known)}@${h}:${n}/0`;
      }),
    );
    this.registerOutputs({
      clusterId: this.clusterId,
      clusterName: this.clusterName,
      host: this.host,
      port: this.port,
      user: this.user,
      uri: this.uri,
      monthlyCost: this.monthlyCost,
    });
  }
}
