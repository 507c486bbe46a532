import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** `doadmin` may do everything in a cluster: make users, read every database, drop any. */
export const databaseLeastPrivilege: StackRule = {
  name: "database-least-privilege",
  description: "Products use a database through users of their own.",
  group: "access",
  severity: "high",
  level: "mandatory",
  url: docs.postgres,
  fix: "add a `DatabaseUser` for the product and name it here",
  types: [types.databaseConnectionPool, types.app],
  checkInStack: (resource, report, _settings, stack) => {
    const wrong = "the product would be the cluster's administrator";
    if (resource.type === types.app) {
      resource.get("spec", "databases").each((database) => {
        const user = database.get("dbUser");
        if (user.text() === "doadmin") report(user, wrong);
      });
      return;
    }
    const user = resource.get("user");
    const comesFrom = (type: string) => user.isUnknown && stack.sources(resource, "user", type).length > 0;
    // The user that a cluster tells as its own is always the administrator.
    if (comesFrom(types.databaseCluster)) report(user, wrong);
    else if (!comesFrom(types.databaseUser) && user.text() === "doadmin") report(user, wrong);
  },
};
