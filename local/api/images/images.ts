import * as z from "zod";
import { type Call, created, ok, storedTime, timestamp } from "../../call.ts";
import { forbidden, notFound, unprocessable } from "../../errors.ts";
import { tagList } from "../../input.ts";
import { page } from "../../paging.ts";
import { newNumber, tagsOf } from "../../relations.ts";
import { create, resource, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { actionsOf, actionView, record } from "../actions.ts";
import { regionSlug } from "../datacenters.ts";
import { type Image, PUBLIC_IMAGES } from "./catalog.ts";

/** Estimates: the platform publishes none. */
const IMPORT_SECONDS = 120;
const TRANSFER_SECONDS = 60;

/**
 * What a custom image may be called to run (API description, images_create_custom). Others become `Unknown OS`, as the
 * official provider expects; the description has it as `Unknown`.
 */
const DISTRIBUTIONS = [
  "Arch Linux",
  "CentOS",
  "CoreOS",
  "Debian",
  "Fedora",
  "Fedora Atomic",
  "FreeBSD",
  "Gentoo",
  "openSUSE",
  "RancherOS",
  "Rocky Linux",
  "Ubuntu",
];
const distribution = z
  .string()
  .nullish()
  .transform((name) => DISTRIBUTIONS.find((known) => known === name) ?? "Unknown OS");

export const images = resource<Image>({
  kind: "image",
  path: "/v2/images",
  roots: ["image", "images"],
  urn: "image",
  tagged: true,
  given: () => [...PUBLIC_IMAGES],
  newId: (_, call) => newNumber(call),
  alias: (id) => PUBLIC_IMAGES.find((image) => image.slug === id)?.id ?? id,
  listed(image, call) {
    const type = call.query.get("type");
    if (call.query.get("private") === "true" && image.public) return false;
    if (type === "application") return image.application === true;
    return type !== "distribution" || (image.public && !image.application);
  },

  // A custom image is not fetched: nothing could boot from it here.
  create: create({
    input: z.object({
      name: z.string().min(1),
      url: z.url("must be the URL of an image"),
      region: regionSlug,
      distribution,
      description: z.string().nullish(),
      tags: tagList,
    }),
    status: 202,
    make: (input, call) => ({
      name: input.name,
      type: "custom",
      distribution: input.distribution,
      slug: null,
      public: false,
      regions: [input.region],
      min_disk_size: 25,
      size_gigabytes: 2.5,
      description: input.description ?? "",
      ready: storedTime(call.after(IMPORT_SECONDS)),
    }),
  }),
  update: {
    PUT: update({
      input: z.object({
        name: z.string().min(1).nullish(),
        distribution: z.string().nullish(),
        description: z.string().nullish(),
      }),
      apply(image, input) {
        refusePublic(image);
        return {
          ...image,
          name: input.name ?? image.name,
          distribution: input.distribution ? distribution.parse(input.distribution) : image.distribution,
          description: input.description ?? image.description,
        };
      },
    }),
  },
  remove: { refuse: refusePublic },
  view,
  row: (image) => ({ detail: image.type, where: image.regions.join(", ") }),
});

images.read("/actions", (image, call) =>
  page(call, "actions", actionsOf(call, "image", Number(image.id)), (action) => actionView(action, call)),
);
images.on(
  "POST",
  "/actions",
  z.object({ type: z.enum(["transfer", "convert"]), region: regionSlug.nullish() }),
  (image, { type, region }, call) => {
    refusePublic(image);
    if (type === "transfer" && !region) throw unprocessable("region is required");
    if (type === "convert" && image.type !== "backup")
      throw unprocessable("only a backup can be converted to a snapshot");
    const target = region ?? image.regions[0] ?? "";
    images.save(
      call,
      type === "convert"
        ? { ...image, type: "snapshot" }
        : { ...image, regions: [...new Set([...image.regions, target])] },
    );
    const what = { resource_type: "image", resource_id: Number(image.id), region: target } as const;
    return created({ action: actionView(record(call, type, what, call.after(TRANSFER_SECONDS)), call) });
  },
);
images.on("GET", "/actions/:action", z.unknown(), (image, _, call) => {
  const action = actionsOf(call, "image", Number(image.id)).find(({ id }) => id === call.params.action);
  if (!action) throw notFound("action not found");
  return ok({ action: actionView(action, call) });
});

/** The image that `image` of a create names by slug or id. */
export const findImage = (call: Call<unknown>, name: string | number): Saved<Image> | undefined =>
  images.all(call).find((image) => image.id === String(name) || image.slug === name);

function view(image: Saved<Image>, call: Call<unknown>): object {
  const isReady = image.ready === undefined || (image.ready !== null && image.ready < call.now);
  return { ...imageView(image), tags: tagsOf(call, image.urn ?? ""), status: isReady ? "available" : "NEW" };
}

/** An image as droplets show the one that they were made of, also when it is gone. */
export const imageView = (image: Saved<Image>): object => ({
  id: Number(image.id),
  name: image.name,
  type: image.type,
  distribution: image.distribution,
  slug: image.slug,
  public: image.public,
  regions: image.regions,
  created_at: timestamp(image.createdAt),
  min_disk_size: image.min_disk_size,
  size_gigabytes: image.size_gigabytes,
  description: image.description,
  tags: [],
  status: "available",
  error_message: "",
});

function refusePublic(image: Saved<Image>): void {
  if (image.public) throw forbidden("You are not authorized to perform this operation");
}
