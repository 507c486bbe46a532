import * as z from "zod";
import { created, ok } from "../../call.ts";
import { forbidden, preconditionFailed, unprocessable } from "../../errors.ts";
import { newId } from "../../relations.ts";
import { create } from "../../resource.ts";
import { isCache, isMysql, isPostgres, type SavedCluster, type User } from "./cluster.ts";
import { clusters } from "./clusters.ts";
import { newPassword, newUser, USER, userView } from "./contents.ts";

const Acl = z.object({
  id: z.string().nullish(),
  topic: z.string(),
  permission: z.enum(["admin", "consume", "produce", "produceconsume"]),
});
const Settings = z.object({
  pg_allow_replication: z.boolean().optional(),
  acl: z
    .array(Acl)
    .nullish()
    .transform((acls) => acls?.map((acl) => ({ ...acl, id: acl.id || `acl${newId().slice(0, 8)}` }))),
  opensearch_acl: z
    .array(
      z.object({ index: z.string(), permission: z.enum(["deny", "admin", "read", "readwrite", "write"]) }),
    )
    .nullish(),
  mongo_user_settings: z
    .object({ databases: z.array(z.string()).nullish(), role: z.enum(["readOnly", "readWrite", "dbAdmin"]) })
    .nullish(),
});
const MysqlSettings = z.object({ auth_plugin: z.enum(["mysql_native_password", "caching_sha2_password"]) });

const Name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "must be letters, numbers, dashes, underscores and periods");

export const users = clusters.owns<User>({
  kind: USER,
  path: "/users",
  roots: ["user", "users"],
  key: "name",
  nameTaken: "user already exists",
  unpaged: true,

  create: create({
    input: z.object({
      name: Name,
      mysql_settings: MysqlSettings.nullish(),
      settings: Settings.nullish(),
      readonly: z.boolean().nullish(),
    }),
    make(input, call) {
      refuseWithoutUsers(call.parent);
      const { name, mysql_settings, readonly } = input;
      if (isPostgres(call.parent) && (name === "postgres" || name.startsWith("pg_")))
        throw unprocessable(`the name ${name} is reserved`); // by PostgreSQL (CREATE ROLE) and by the platform
      if (mysql_settings && !isMysql(call.parent)) throw unprocessable("mysql_settings: only for MySQL");
      const settings = readonly
        ? { ...input.settings, mongo_user_settings: { role: "readOnly" } }
        : input.settings;
      return {
        name,
        ...newUser(call, call.parent, name, {
          ...(mysql_settings && { mysql_settings }),
          ...(settings && { settings }),
        }),
      };
    },
    shown: (user, call) => userView(call.parent, user, true),
  }),

  remove: {
    refuse(user, call) {
      refuseWithoutUsers(call.parent);
      if (user.role === "primary") throw forbidden(`${user.name} can not be deleted`);
    },
  },
  view: (user, call) => userView(call.parent, user, false),
});

users.on("PUT", "", z.object({ settings: Settings.nullish() }), (user, { settings }, call) =>
  created({ user: userView(call.parent, users.save(call, { ...user, settings: { ...settings } }), false) }),
);

users.on(
  "POST",
  "/reset_auth",
  z.object({ mysql_settings: MysqlSettings.nullish(), settings: Settings.nullish() }),
  (user, input, call) => {
    const password = newPassword();
    const after = users.save(call, {
      ...user,
      password,
      ...(input.mysql_settings && isMysql(call.parent) && { mysql_settings: input.mysql_settings }),
      ...(input.settings && { settings: input.settings }),
    });
    if (user.role === "primary") clusters.save(call, { ...call.parent, password });
    return ok({ user: userView(call.parent, after, true) });
  },
);

/** API description, databases_add_user: caching clusters have their default user only. */
function refuseWithoutUsers(cluster: SavedCluster): void {
  if (isCache(cluster))
    throw preconditionFailed(`user management is not supported for ${cluster.engine} clusters`);
}
