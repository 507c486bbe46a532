import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseLeastPrivilege } from "./database-least-privilege.ts";

const pool = (user: unknown) => [resource(types.databaseConnectionPool, { user, mode: "transaction" })];
const app = (dbUser: unknown) => [resource(types.app, { spec: { databases: [{ name: "db", dbUser }] } })];

const user = resource(types.databaseUser, { name: "api" }, { name: "api" });
const cluster = resource(types.databaseCluster, { engine: "pg" }, { name: "db" });

cases(databaseLeastPrivilege, {
  good: {
    "a pool of the product's user": pool("api"),
    "a pool that passes the client's user through": pool(undefined),
    "an app with its own user": app("api"),
    "a pool of a user that the program makes": [
      resource(types.databaseConnectionPool, { user: unknown }, { refers: { user: [user] } }),
      user,
    ],
    "an app without databases": [resource(types.app, { spec: {} })],
  },
  bad: {
    "a pool of the administrator": [pool("doadmin"), "user", /administrator.*DatabaseUser/],
    "a pool of the user that the cluster tells": [
      [resource(types.databaseConnectionPool, { user: unknown }, { refers: { user: [cluster] } }), cluster],
      "user",
      /administrator/,
    ],
    "an app that is the administrator": [app("doadmin"), "spec.databases[0].dbUser", /administrator/],
  },
  unknown: {
    "a pool's user": [pool(unknown), "user"],
    "an app's user": [app(unknown), "spec.databases[0].dbUser"],
  },
});
