import { type Call, noContent, ok, type Route, timestamp } from "../../call.ts";
import { notFound } from "../../errors.ts";
import { page } from "../../paging.ts";
import { tagsOf } from "../../relations.ts";
import type { Saved } from "../../store.ts";
import type { Image } from "./catalog.ts";
import { images } from "./images.ts";

// Snapshots of droplets are images too; here they have text for ids. There are no volumes that could have others.

export const snapshotRoutes: Route[] = [
  {
    method: "GET",
    path: "/v2/snapshots",
    handle: (call) => {
      const isWanted = (call.query.get("resource_type") ?? "droplet") === "droplet";
      return ok(page(call, "snapshots", isWanted ? snapshots(call) : [], (one) => view(one, call)));
    },
  },
  {
    method: "GET",
    path: "/v2/snapshots/:id",
    handle: (call) => ok({ snapshot: view(must(call), call) }),
  },
  {
    method: "DELETE",
    path: "/v2/snapshots/:id",
    handle(call) {
      const snapshot = must(call);
      images.remove(call, snapshot);
      call.store.note(call.now, `deleted snapshot ${snapshot.name}`);
      return noContent();
    },
  },
];

const snapshots = (call: Call): Saved<Image>[] =>
  images.all(call).filter((image) => image.type === "snapshot" && !image.public);

function must(call: Call): Saved<Image> {
  const snapshot = snapshots(call).find((image) => image.id === call.params.id);
  if (!snapshot) throw notFound("snapshot not found");
  return snapshot;
}

const view = (image: Saved<Image>, call: Call) => ({
  id: image.id,
  name: image.name,
  created_at: timestamp(image.createdAt),
  regions: image.regions,
  resource_id: image.droplet,
  resource_type: "droplet",
  min_disk_size: image.min_disk_size,
  size_gigabytes: image.size_gigabytes,
  tags: tagsOf(call, image.urn ?? ""),
});
