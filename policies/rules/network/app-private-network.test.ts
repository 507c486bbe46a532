import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appPrivateNetwork } from "./app-private-network.ts";

const cluster = resource(types.databaseCluster, {}, { name: "db" });
const app = (spec: unknown, ...databases: (typeof cluster)[]) => [
  resource(types.app, { spec }, { name: "api", refers: { spec: databases } }),
  cluster,
];

cases(appPrivateNetwork, {
  good: {
    "one in the VPC": app({ services: [{}], vpcs: [{ id: unknown }] }, cluster),
    "one without a database": app({ services: [{}] }),
    "one that only serves files": app({ staticSites: [{}] }, cluster),
    "one without a specification": app(undefined),
  },
  bad: {
    "a service outside": [app({ services: [{}] }, cluster), "spec.vpcs", /in no VPC.*spec\.vpcs/],
    "a worker outside": [app({ workers: [{}], vpcs: [] }, cluster), "spec.vpcs", /in no VPC/],
  },
  unknown: { "the specification": [app(unknown, cluster), "spec"] },
});
