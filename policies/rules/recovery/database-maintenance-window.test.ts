import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { databaseMaintenanceWindow } from "./database-maintenance-window.ts";

const cluster = (inputs: object) => [resource(types.databaseCluster, { ...inputs })];

cases(databaseMaintenanceWindow, {
  good: {
    "a window": cluster({ maintenanceWindows: [{ day: "sunday", hour: "04:00" }] }),
    "one that will be known": cluster({ maintenanceWindows: unknown }),
  },
  bad: {
    none: [cluster({}), "maintenanceWindows", /platform chooses.*maintenanceWindows/],
    "an empty list": [cluster({ maintenanceWindows: [] }), "maintenanceWindows", /platform chooses/],
  },
});
