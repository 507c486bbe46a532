import type { Area } from "../area.ts";
import { bulkAction } from "./actions.ts";
import { pools } from "./autoscale.ts";
import { droplets } from "./droplets.ts";
import "./removal.ts";
import { backupRoutes } from "./routes.ts";

export const area: Area = {
  title: "Droplets and autoscale pools",
  resources: [droplets, pools],
  routes: [bulkAction, ...backupRoutes],
};
