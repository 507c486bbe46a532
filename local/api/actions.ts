import { ok, type Route } from "../call.ts";
import { notFound } from "../errors.ts";
import { page } from "../paging.ts";
import type { Area } from "./area.ts";

// Actions record what happens to droplets, images, volumes and reserved addresses: none of these can exist yet.
const routes: Route[] = [
  { method: "GET", path: "/v2/actions", handle: (call) => ok(page(call, "actions", [], () => ({}))) },
  {
    method: "GET",
    path: "/v2/actions/:id",
    handle: () => {
      throw notFound();
    },
  },
];

export const area: Area = { title: "Actions", resources: [], routes };
