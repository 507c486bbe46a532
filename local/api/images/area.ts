import type { Area } from "../area.ts";
import { images } from "./images.ts";
import { snapshotRoutes } from "./snapshots.ts";

export const area: Area = { title: "Images", resources: [images], routes: snapshotRoutes };
