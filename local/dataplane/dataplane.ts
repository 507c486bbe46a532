/** Where the servers of one cluster or load balancer are, or would be, reached. */
export interface Place {
  /** For clients outside the VPC. */
  readonly host: string;
  /** For members of the VPC. */
  readonly privateHost: string;
}

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
}
