import type { Call } from "../../call.ts";
import { type Cluster, isMongo, type SavedCluster } from "./cluster.ts";
import { engineOf } from "./engines.ts";

export interface Connection {
  protocol: string;
  uri: string;
  database: string;
  host: string;
  port: number;
  user: string;
  password: string;
  ssl: boolean;
}

interface Login {
  user: string;
  /** Left out where the platform does not show it. */
  password?: string | undefined;
}

/** PgBouncer's port (API description, databases_add_connectionPool). */
const POOL_PORT = 25061;
const METRICS_PORT = 9273;

/** How a client reaches `database` of a cluster at `host`, in the engine's own URI form. */
export function connection(
  call: Call<unknown>,
  cluster: Cluster,
  name: string,
  host: string,
  login: Login,
  database?: string,
): Connection {
  const { port, database: standard = "" } = engineOf(cluster.engine);
  const base = { host, port, user: login.user, password: login.password ?? "", ssl: true };
  const credentials = login.password === undefined ? login.user : `${login.user}:${login.password}`;
  const at = `${credentials}@${host}:${port}`;
  const target = database ?? standard;
  switch (cluster.engine) {
    case "pg":
    case "advanced_pg":
      return {
        ...base,
        protocol: "postgresql",
        database: target,
        uri: `postgresql://${at}/${target}?sslmode=require`,
      };
    case "mysql":
    case "advanced_mysql":
      return {
        ...base,
        protocol: "mysql",
        database: target,
        uri: `mysql://${at}/${target}?ssl-mode=REQUIRED`,
      };
    case "mongodb":
      // The platform gives out mongodb+srv://, which needs a DNS record; the same cluster by its address is this. What
      // serves it here is no replica set, and signs in with PLAIN over TLS.
      return {
        ...base,
        protocol: "mongodb",
        database: target,
        uri: `mongodb://${at}/${target}?tls=true&authSource=admin&${call.dataPlane.serves("mongodb") ? "authMechanism=PLAIN" : `replicaSet=${name}`}`,
      };
    case "kafka":
      return { ...base, protocol: "", database: "", uri: `${host}:${port}` };
    case "opensearch":
      return { ...base, protocol: "https", database: "", uri: `https://${at}` };
    default:
      return { ...base, protocol: "rediss", database: "", uri: `rediss://${at}` };
  }
}

/** The same through a connection pool, which looks like a database of its name on PgBouncer's port. */
export function poolConnection(host: string, login: Login, pool: string): Connection {
  const { user, password = "" } = login;
  const credentials = user === "" ? "" : `${user}:${password}@`; // an inbound user brings its own
  return {
    protocol: "postgresql",
    uri: `postgresql://${credentials}${host}:${POOL_PORT}/${pool}?sslmode=require`,
    database: pool,
    host,
    port: POOL_PORT,
    user,
    password,
    ssl: true,
  };
}

/** Every connection of a cluster. MongoDB's password is in the create's answer only (`revealed`). */
export function connections(
  call: Call<unknown>,
  cluster: SavedCluster,
  revealed: boolean,
): Record<string, unknown> {
  const { place, name } = cluster;
  const login = {
    user: engineOf(cluster.engine).admin,
    password: isMongo(cluster) && !revealed ? undefined : cluster.password,
  };
  const to = (host: string) => connection(call, cluster, name, host, login);
  const hasStandby = cluster.num_nodes > 1 && (cluster.engine === "pg" || cluster.engine === "mysql");
  const dashboard = {
    protocol: "https",
    uri: `https://${login.user}:${cluster.password}@${place.host}:443`,
    database: "",
    host: place.host,
    port: 443,
    user: login.user,
    password: cluster.password,
    ssl: true,
  };
  return {
    connection: to(place.host),
    private_connection: to(place.privateHost),
    ...(hasStandby
      ? { standby_connection: to(place.host), standby_private_connection: to(place.privateHost) }
      : {}),
    ...(cluster.engine === "opensearch" ? { ui_connection: dashboard } : {}),
    // MongoDB has no metrics endpoint (DigitalOcean's documentation of its Prometheus endpoints).
    ...(isMongo(cluster) ? {} : { metrics_endpoints: [{ host: place.host, port: METRICS_PORT }] }),
  };
}
