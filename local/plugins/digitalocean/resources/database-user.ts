/** A user of a cluster (terraform-provider-digitalocean: resource_database_user). */

import { equal } from "../../provider/plan.ts";
import type { Resource } from "../../provider/resource.ts";
import { list, notEmpty, object, oneOf, type Properties, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import { type Api, asBody, type Body } from "../api.ts";
import { fromField, toField } from "../body.ts";
import { clusterId, first, importMember, memberPath } from "../database.ts";
import { named, unlessGone } from "../rest.ts";
import { serially } from "../serially.ts";

const defaultPlugin = "caching_sha2_password";
const idOf = (cluster: string, name: string): string => `${cluster}/user/${name}`;

/** The API writes `produce_consume` or `readwrite` for the same thing. */
const permission = (raw: unknown): string =>
  String(raw ?? "")
    .toLowerCase()
    .replace("_", "");

const settings = object({
  acls: list(
    object({
      id: string({ output: true }),
      topic: string({ required: true, check: notEmpty }),
      permission: string({
        required: true,
        check: oneOf("admin", "consume", "produce", "produceconsume"),
        read: (raw) => (permission(raw) === "readwrite" ? "produceconsume" : permission(raw)),
      }),
    }),
    { api: "acl" },
  ),
  opensearchAcls: list(
    object({
      index: string({ required: true, check: notEmpty }),
      permission: string({
        required: true,
        check: oneOf("deny", "admin", "read", "write", "readwrite"),
        read: permission,
      }),
    }),
    { api: "opensearch_acl" },
  ),
});

const properties: Properties = {
  clusterId,
  name: string({ required: true, replaces: true, autoname: 255, check: notEmpty }),
  mysqlAuthPlugin: string({
    check: oneOf("mysql_native_password", defaultPlugin),
    same: (old, now) => old === defaultPlugin && now === "",
  }),
  settings: list(settings),
  role: string({ output: true }),
  password: string({ output: true, secret: true }),
  accessCert: string({ output: true, secret: true }),
  accessKey: string({ output: true, secret: true }),
};

/** What a read tells. MongoDB's reads have no password: what isn't there stays as it was. */
function stateOf(user: Body): Values {
  const state: Record<string, Value> = { role: String(user.role || "normal") };
  const given = { password: user.password, accessCert: user.access_cert, accessKey: user.access_key };
  for (const [name, value] of Object.entries(given)) if (value) state[name] = String(value);
  const plugin = asBody(user.mysql_settings).auth_plugin;
  if (plugin) state.mysqlAuthPlugin = String(plugin);
  return state;
}

const settingsBody = (state: Values): unknown => toField(settings, first(state.settings) ?? {});
const usersOf = (state: Values): string => `users of ${String(state.clusterId)}`;
const pluginBody = (plugin: Value | undefined): object => ({
  mysql_settings: { auth_plugin: plugin || defaultPlugin },
});

const user: Resource<Api> = {
  properties,
  importId: importMember("database user", idOf),
  create: (operation, planned) =>
    named("creating database user", () =>
      // The platform fails some of several users made at once in one cluster.
      serially(usersOf(planned), async () => {
        const answer = await operation.client.call("POST", memberPath(planned, "users"), operation, {
          name: planned.name,
          ...(planned.mysqlAuthPlugin && pluginBody(planned.mysqlAuthPlugin)),
          ...(planned.settings && { settings: settingsBody(planned) }),
        });
        const made = asBody(answer.user);
        // Only this answer shows the settings.
        const shown: Values = made.settings ? { settings: [fromField(settings, made.settings)] } : {};
        return {
          id: idOf(String(planned.clusterId), String(planned.name)),
          state: { ...stateOf(made), ...shown },
        };
      }),
    ),
  read: (operation, id, state) =>
    named("reading database user", () =>
      unlessGone(async () => {
        const answer = await operation.client.call("GET", memberPath(state, "users", state.name), operation);
        return { id, state: stateOf(asBody(answer.user)) };
      }),
    ),
  update: (operation, id, planned, prior) =>
    named("updating database user", async () => {
      const path = memberPath(prior, "users", prior.name);
      if (!equal(properties.mysqlAuthPlugin, planned.mysqlAuthPlugin, prior.mysqlAuthPlugin)) {
        await operation.client.call(
          "POST",
          `${path}/reset_auth`,
          operation,
          pluginBody(planned.mysqlAuthPlugin),
        );
      }
      if (!equal(properties.settings, planned.settings, prior.settings)) {
        await operation.client.call("PUT", path, operation, { settings: settingsBody(planned) });
      }
      const answer = await operation.client.call("GET", path, operation);
      return { id, state: { ...prior, ...planned, ...stateOf(asBody(answer.user)) } };
    }),
  delete: (operation, _id, state) =>
    named("deleting database user", () =>
      serially(usersOf(state), async () => {
        await unlessGone(() =>
          operation.client.call("DELETE", memberPath(state, "users", state.name), operation),
        );
      }),
    ),
};
export default user;
