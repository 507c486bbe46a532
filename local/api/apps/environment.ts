import type { Call } from "../../call.ts";
import type { Saved } from "../../store.ts";
import type { SavedCluster } from "../databases/cluster.ts";
import { clusters } from "../databases/clusters.ts";
import { type Connection, connection, poolConnection } from "../databases/connections.ts";
import { engineOf } from "../databases/engines.ts";
import { pools } from "../databases/pools.ts";
import { users } from "../databases/users.ts";
import type { App } from "./apps.ts";
import { addressOf, privatePorts } from "./places.ts";
import { componentsOf, type Listed, type Spec } from "./spec.ts";
import type { Env } from "./spec-parts.ts";

/** When a variable is there: scopes of an app's spec. */
const SCOPES = {
  run: ["RUN_TIME", "RUN_AND_BUILD_TIME", "UNSET"],
  build: ["BUILD_TIME", "RUN_AND_BUILD_TIME", "UNSET"],
};

/**
 * What a component finds in its environment: the app's variables, then its own over them, secrets in clear, and bindable
 * variables such as `${db.DATABASE_URL}` replaced (https://docs.digitalocean.com/products/app-platform/how-to/use-environment-variables/).
 */
export function environmentOf(
  app: Saved<App>,
  spec: Spec,
  { component }: Listed,
  when: keyof typeof SCOPES,
  call: Call<unknown>,
): Record<string, string> {
  const bound = binder(app, spec, component.name, call);
  const plain = ({ value = "", type }: Env) => (type === "SECRET" && call.vault.decrypt(value)) || value;
  const set = [...(spec.envs ?? []), ...(component.envs ?? [])].filter(({ scope }) =>
    SCOPES[when].includes(scope),
  );
  // A secret is taken as it is: what looks like a reference in one is a part of it.
  return Object.fromEntries(
    set.map((env) => [env.key, env.type === "SECRET" ? plain(env) : bound(plain(env))]),
  );
}

/** Replaces each reference in a text; one that leads nowhere stays, so that it is seen. */
function binder(app: Saved<App>, spec: Spec, self: string, call: Call<unknown>): (text: string) => string {
  const lookUp = (path: string): string | undefined => {
    const [first = "", ...rest] = path.split(".");
    const [attribute = "", pool] = rest.reverse();
    if (rest.length === 0) return appAttributes(app, spec)[first];
    const database = spec.databases?.find(({ name }) => name === first);
    if (database) return databaseAttributes(database, pool, call)?.[attribute];
    const name = first === "_self" ? self : first;
    return pool === undefined ? componentAttributes(app, spec, name)[attribute] : undefined;
  };
  return (text) => text.replace(/\$\{([\w.-]+)\}/g, (reference, path: string) => lookUp(path) ?? reference);
}

function appAttributes(app: Saved<App>, spec: Spec): Record<string, string> {
  const url = addressOf(app, spec);
  return { APP_DOMAIN: new URL(url).host, APP_URL: url, APP_ID: app.id };
}

function componentAttributes(app: Saved<App>, spec: Spec, name: string): Record<string, string | undefined> {
  if (!componentsOf(spec).some(({ component }) => component.name === name)) return {};
  const rule = spec.ingress?.rules?.find(({ component }) => component?.name === name);
  const route = rule?.match?.path?.prefix ?? "/";
  const url = addressOf(app, spec);
  const port = privatePorts(spec).get(name);
  const host = new URL(app.url).hostname;
  return {
    ...(rule && {
      PUBLIC_DOMAIN: new URL(url).host,
      PUBLIC_ROUTE_PATH: route,
      PUBLIC_URL: route === "/" ? url : url + route,
    }),
    ...(port !== undefined && {
      PRIVATE_DOMAIN: host,
      PRIVATE_PORT: String(port),
      PRIVATE_URL: `http://${host}:${port}`,
    }),
  };
}

type DatabaseSpec = NonNullable<Spec["databases"]>[number];

function databaseAttributes(
  { cluster_name, db_name, db_user }: DatabaseSpec,
  pool: string | undefined,
  call: Call<unknown>,
): Record<string, string> | undefined {
  const cluster = clusters.all(call).find((cluster) => cluster.name === cluster_name);
  if (!cluster) return undefined;
  const login = loginOf(cluster, db_user, call);
  const reached = (host: string) =>
    pool === undefined
      ? connection(call, cluster, cluster.name, host, login, db_name)
      : pools.find(call, pool, cluster.id) && poolConnection(host, login, pool);
  const [open, inside] = [reached(cluster.place.host), reached(cluster.place.privateHost)];
  return open && inside && attributesOf(open, inside, call.authority.certificate);
}

function attributesOf(open: Connection, inside: Connection, ca: string): Record<string, string> {
  const jdbc = `jdbc:${open.protocol}://${open.host}:${open.port}/${open.database}?user=${open.user}&password=${open.password}&sslmode=require`;
  return {
    HOSTNAME: open.host,
    PORT: String(open.port),
    USERNAME: open.user,
    PASSWORD: open.password,
    DATABASE: open.database,
    DATABASE_URL: open.uri,
    DATABASE_PRIVATE_URL: inside.uri,
    REDIS_URL: open.uri,
    CA_CERT: ca,
    ...(open.protocol.endsWith("sql") && { JDBC_DATABASE_URL: jdbc }),
  };
}

function loginOf(cluster: SavedCluster, name: string | undefined, call: Call<unknown>) {
  const { admin } = engineOf(cluster.engine);
  if (name === undefined || name === admin) return { user: admin, password: cluster.password };
  return { user: name, password: users.find(call, name, cluster.id)?.password ?? "" };
}
