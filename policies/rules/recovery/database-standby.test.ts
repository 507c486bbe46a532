import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseStandby } from "./database-standby.ts";

const cluster = (engine: unknown, nodeCount: unknown) => [
  resource(types.databaseCluster, { engine, nodeCount }),
];

cases(databaseStandby, {
  stack: "prod",
  good: { "a standby": cluster("pg", 2), "three of MongoDB": cluster("mongodb", 3) },
  bad: {
    "a single node": [cluster("pg", 1), "nodeCount", /1 node, and nothing stands by.*2 or more/],
    "a single node of MongoDB": [cluster("mongodb", 1), "nodeCount", /nothing stands by/],
    "a count that is missing": [[resource(types.databaseCluster, { engine: "pg" })], "nodeCount", /no node/],
  },
  unknown: {
    "the count": [cluster("pg", unknown), "nodeCount"],
    "the engine": [cluster(unknown, 2), "engine"],
  },
});
cases(databaseStandby, {
  stack: "staging",
  good: { "a single node where nothing depends on it": cluster("pg", 1) },
  bad: {},
});
