/** What the members of a database cluster have in common: users, databases, pools. */
import type { Existing } from "../provider/resource.ts";
import { notEmpty, type Property, string } from "../provider/schema.ts";
import { isObject, type Value, type Values } from "../provider/values.ts";
import { asBody, type Body } from "./api.ts";

export const clusterId: Property = string({ required: true, replaces: true, api: false, check: notEmpty });

/** Their paths: `/v2/databases/<cluster>/users/<name>`. */
export const memberPath = (state: Values, part: string, name?: Value): string =>
  `/v2/databases/${String(state.clusterId)}/${part}${name === undefined ? "" : `/${encodeURIComponent(String(name))}`}`;

/** Imports take the cluster's id and the name with a comma between; `id` makes the resource's own id of the two. */
export const importMember =
  (noun: string, id: (cluster: string, name: string) => string) =>
  (given: string): Existing => {
    const [cluster, name] = given.split(",");
    if (!cluster || !name)
      throw new Error(`import a ${noun} by the cluster's id and its name: <cluster id>,<name>`);
    return { id: id(cluster, name), state: { clusterId: cluster, name } };
  };

/** Tags compare without regard to case; the platform keeps the first spelling. */
export const tag = string({
  check: (value) =>
    /^[a-zA-Z0-9:\-_]{1,255}$/.test(String(value))
      ? undefined
      : "may hold letters, digits, colons, dashes and underscores, 255 at most",
  same: (old, now) => String(old).toLowerCase() === String(now).toLowerCase(),
});

/**
 * The connection's facts as properties. A later read may lack the password (MongoDB, a token without
 * database:view_credentials): the one that the state has stays, and goes into the URIs.
 */
export function connectionOf(item: Body, state: Values): Values {
  const open = asBody(item.connection);
  const inside = asBody(item.private_connection);
  const values: Record<string, Value> = {};
  if (Object.keys(open).length > 0) {
    const password = text(open.password) || text(state.password);
    values.host = text(open.host);
    values.port = Number(open.port ?? 0);
    values.uri = withPassword(text(open.uri), text(open.user), password);
    if (password !== "") values.password = password;
    if (Object.keys(inside).length > 0) {
      values.privateHost = text(inside.host);
      values.privateUri = withPassword(text(inside.uri), text(inside.user), password);
    }
  }
  return values;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Encoded as Go's net/url encodes user and password, which is what the official plugin's outputs hold. */
const encoded = (part: string): string =>
  encodeURIComponent(part).replace(/%(24|26|2B|2C|3B|3D)|[!'()*]/g, (found) =>
    found.length === 1 ? `%${found.charCodeAt(0).toString(16).toUpperCase()}` : decodeURIComponent(found),
  );

export function withPassword(uri: string, user: string, password: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^@/]*@)?(.*)$/s.exec(uri);
  return parts ? `${parts[1]}${encoded(user)}:${encoded(password)}@${parts[2]}` : uri;
}

/** The first of a list of objects. */
export const first = (value: Value | undefined): Values | undefined => {
  const [one] = Array.isArray(value) ? value : [];
  return isObject(one) ? one : undefined;
};
