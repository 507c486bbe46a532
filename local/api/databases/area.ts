import type { Area } from "../area.ts";
import { clusters } from "./clusters.ts";
import { dbs } from "./dbs.ts";
import { options } from "./engines.ts";
import { logsinks } from "./logsinks.ts";
import { metricsRoutes, seedMetrics } from "./metrics.ts";
import "./operations.ts";
import { pools } from "./pools.ts";
import { replicas } from "./replicas.ts";
import { serverRoutes } from "./servers.ts";
import { users } from "./users.ts";

export const area: Area = {
  title: "Databases",
  resources: [clusters, users, dbs, pools, replicas, logsinks],
  routes: [options, ...serverRoutes, ...metricsRoutes],
  seed: seedMetrics,
};
