import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseClusterPrivateNetwork } from "./database-cluster-private-network.ts";

const cluster = (inputs: object) => [resource(types.databaseCluster, { engine: "pg", ...inputs })];

cases(databaseClusterPrivateNetwork, {
  good: {
    "a cluster in a VPC": cluster({ privateNetworkUuid: "5a4981aa" }),
    "one whose VPC will be known": cluster({ privateNetworkUuid: unknown }),
    "a replica in a VPC": [resource(types.databaseReplica, { privateNetworkUuid: unknown })],
    "other resources": [resource(types.vpc)],
  },
  bad: {
    "none named": [cluster({}), "privateNetworkUuid", /default one.*privateNetworkUuid/],
    "an empty one": [cluster({ privateNetworkUuid: "" }), "privateNetworkUuid", /default one/],
    "a replica without": [[resource(types.databaseReplica)], "privateNetworkUuid", /default one/],
  },
});
cases(databaseClusterPrivateNetwork, {
  settings: { limits: { vpcs: ["5a4981aa"] } },
  good: { "a VPC on the list": cluster({ privateNetworkUuid: "5a4981aa" }) },
  bad: { "another VPC": [cluster({ privateNetworkUuid: "0000" }), "privateNetworkUuid", /not among those/] },
});
