import { randomBytes } from "node:crypto";
import type { Call } from "../../call.ts";
import { newId } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import { type Cluster, isMongo, isMysql, type SavedCluster, type User } from "./cluster.ts";
import { engineOf } from "./engines.ts";

/** What lies in a cluster, as the store calls it. */
export const USER = "database user";
export const DB = "database";

/** 24 characters behind the prefix that secret scanners know DigitalOcean's database passwords by. */
export const newPassword = (): string => `AVNS_${randomBytes(18).toString("base64url")}`;

/** A new user of a cluster, with what its engine signs users in by. */
export function newUser(
  call: Call<unknown>,
  cluster: Cluster,
  name: string,
  settings?: Pick<User, "mysql_settings" | "settings">,
): User {
  const certificate = cluster.engine === "kafka" ? call.authority.issue(name) : undefined;
  return {
    role: "normal",
    password: newPassword(),
    ...(certificate && { access_cert: certificate.certificate, access_key: certificate.key }),
    ...(isMysql(cluster) && { mysql_settings: { auth_plugin: "caching_sha2_password" } }),
    ...settings,
  };
}

/** What a client sees of a user; MongoDB's password only when it is `revealed`, by a create or a reset. */
export function userView(cluster: Cluster, user: Saved<User>, revealed: boolean): object {
  const { name, role, password, access_cert, access_key, mysql_settings, settings } = user;
  const shown = !isMongo(cluster) || revealed ? { password } : {};
  return { name, role, ...shown, access_cert, access_key, mysql_settings, settings };
}

/** Fills a new cluster with its administrator and database, or with its source's users and databases. */
export function fill(call: Call<unknown>, cluster: SavedCluster, source: SavedCluster | undefined): void {
  const { admin, database } = engineOf(cluster.engine);
  const administrator: User = {
    ...newUser(call, cluster, admin),
    role: "primary",
    password: cluster.password,
  };
  put(call, USER, cluster, { ...administrator, name: admin });
  if (source) {
    for (const user of call.store.list<User>(USER, source.id))
      if (user.role !== "primary") put(call, USER, cluster, user);
    for (const db of call.store.list(DB, source.id)) put(call, DB, cluster, db);
  } else if (database !== undefined) put(call, DB, cluster, { name: database });
}

function put<T extends { name: string }>(
  call: Call<unknown>,
  kind: string,
  cluster: SavedCluster,
  object: T,
): void {
  call.store.insert({ ...object, kind, id: newId(), parent: cluster.id, createdAt: call.now });
}

/** What a cluster's view shows of its contents; null until it is there. */
export function contents(call: Call<unknown>, cluster: SavedCluster, ready: boolean): object {
  if (!ready) return { users: null, db_names: null };
  return {
    users: call.store.list<User>(USER, cluster.id).map((user) => userView(cluster, user, false)),
    db_names: call.store.list(DB, cluster.id).map((db) => db.name),
  };
}
