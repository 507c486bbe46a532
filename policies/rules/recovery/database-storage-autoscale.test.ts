import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseStorageAutoscale } from "./database-storage-autoscale.ts";

const cluster = (storageAutoscale: unknown, engine: unknown = "pg") => [
  resource(types.databaseCluster, { engine, storageAutoscale }),
];

cases(databaseStorageAutoscale, {
  good: {
    "a disk that grows": cluster({ enabled: true, thresholdPercent: 80 }),
    "an engine whose disk goes with its plan": cluster(undefined, "valkey"),
  },
  bad: {
    nothing: [cluster(undefined), "storageAutoscale", /full disk.*enabled: true/],
    "the block switched off": [cluster({ enabled: false }), "storageAutoscale", /full disk/],
  },
  unknown: {
    "the switch": [cluster({ enabled: unknown }), "storageAutoscale.enabled"],
    "the block": [cluster(unknown), "storageAutoscale"],
  },
});
