import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** `doadmin` may do everything in a cluster: make users, read every database, drop any. */
export const databaseLeastPrivilege: ResourceRule = {
  name: "database-least-privilege",
  description: "Products use a database through users of their own.",
  group: "access",
  severity: "high",
  level: "mandatory",
  url: docs.postgres,
  fix: "add a `DatabaseUser` for the product and name it here",
  types: [types.databaseConnectionPool, types.app],
  check: (resource, report) => {
    const users = [resource.get("user")];
    if (resource.type === types.app)
      for (const database of resource.get("spec", "databases").items()) users.push(database.get("dbUser"));
    for (const user of users)
      user.attempt(() => {
        if (user.text() === "doadmin") report(user, "the product would be the cluster's administrator");
      });
  },
};
