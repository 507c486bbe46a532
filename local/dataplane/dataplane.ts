import type { Apps } from "./apps/apps.ts";
import type { Backup } from "./engine.ts";

/** Where the servers of one cluster or load balancer are, or would be, reached. */
export interface Place {
  /** For clients outside the VPC. */
  readonly host: string;
  /** For members of the VPC. */
  readonly privateHost: string;
}

/** What stands behind a cluster or replica. */
export type Serving =
  /** Nothing: it exists at the API alone; `why` when that could be otherwise. */
  | { readonly state: "unserved"; readonly why?: string }
  /** `why` is what the last try failed on. */
  | { readonly state: "starting"; readonly why?: string }
  /** `why` is what a later change failed on. */
  | { readonly state: "serving"; readonly why?: string };

/**
 * The seam between the API and what really runs behind it. The API asks where a new thing will be reached and keeps
 * the answer with it for life; ports are those of the platform.
 */
export interface DataPlane {
  /** A place for a new cluster or replica, unlike every one in `taken`. */
  placeCluster(taken: readonly Place[]): Place;
  /** A place for a new load balancer, unlike every one in `taken`. */
  placeBalancer(taken: readonly Place[]): Place;
  /** The URL of a new app, unlike every one in `taken`. */
  placeApp(taken: readonly string[]): string;
  /** The public IPv4 address of a new droplet, reserved address or NAT gateway, unlike every one in `taken`. */
  placeAddress(taken: readonly string[]): string;
  /** Whether clusters of an engine have servers. */
  serves(engine: string): boolean;
  /** What stands behind the cluster or replica with this UUID. */
  serving(id: string): Serving;
  /** The backups of a cluster that is served, oldest first. */
  backups(id: string): readonly Backup[] | undefined;
  /** Makes a backup of a cluster that is served. */
  backUp(id: string): Promise<Backup>;
  /** What runs of apps; without it deployments are what their time makes them. */
  readonly apps?: Apps | undefined;
}
