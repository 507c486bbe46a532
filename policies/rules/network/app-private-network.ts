import { docs } from "../../docs.ts";
import { componentsOf, types } from "../../resources.ts";
import type { StackRule } from "../../rule.ts";

/** An app outside the VPC reaches a database over its public address, which the database then must leave open. */
export const appPrivateNetwork: StackRule = {
  name: "app-private-network",
  description: "An app that uses a database of the stack runs in a VPC.",
  group: "private networking",
  severity: "high",
  level: "mandatory",
  url: docs.apps,
  fix: "set `spec.vpcs` to the id of the database's VPC",
  types: [types.app],
  checkInStack: (app, report, _settings, stack) => {
    const databases = stack.of(types.databaseCluster, types.databaseReplica, types.databaseConnectionPool);
    if (!databases.some((database) => stack.refersTo(app, "spec", database))) return;
    if (componentsOf(app, ["services", "workers", "jobs"]).length === 0) return;
    const vpcs = app.get("spec", "vpcs");
    if (!vpcs.isGiven) report(vpcs, "the app uses a database and is in no VPC");
  },
};
