import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseClusterFirewalled } from "./database-cluster-firewalled.ts";

const cluster = resource(types.databaseCluster, {}, { name: "db", outputs: { id: unknown } });
const other = resource(types.databaseCluster, {}, { name: "other" });
const replica = resource(types.databaseReplica, { clusterId: unknown }, { outputs: { uuid: "9f-replica" } });
const firewall = (of: typeof cluster, name = "fw") =>
  resource(types.databaseFirewall, { clusterId: unknown }, { name, refers: { clusterId: [of] } });

cases(databaseClusterFirewalled, {
  good: {
    "a cluster with its firewall, though its id is unknown": [cluster, firewall(cluster)],
    "a replica by its known id": [replica, resource(types.databaseFirewall, { clusterId: "9f-replica" })],
    "no database": [],
  },
  bad: {
    "a cluster alone": [[cluster], "", /no firewall, so the internet reaches it.*DatabaseFirewall/],
    "one beside another's firewall": [[cluster, other, firewall(other)], "", /no firewall/],
    "a replica without": [[replica, firewall(cluster)], "", /no firewall/],
    "two firewalls": [[cluster, firewall(cluster), firewall(cluster, "fw2")], "", /2 firewalls, each/],
  },
});
