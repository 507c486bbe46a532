import * as z from "zod";
import { type Call, noContent } from "../call.ts";
import { notFound, unprocessable } from "../errors.ts";
import { tagName } from "../input.ts";
import { addTag, ensureTag } from "../relations.ts";
import { resource } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";

/** What a tag counts apart, by the type in a URN: its name in a tag and in requests, and where one is read. */
const TAGGABLE = {
  droplet: { group: "droplets", type: "droplet", path: "droplets" },
  image: { group: "images", type: "image", path: "images" },
  volume: { group: "volumes", type: "volume", path: "volumes" },
  volumesnapshot: { group: "volume_snapshots", type: "volume_snapshot", path: "snapshots" },
  dbaas: { group: "databases", type: "database", path: "databases" },
} as const;

export const tags = resource<object>({
  kind: "tag",
  path: "/v2/tags",
  roots: ["tag", "tags"],
  key: "name",
  remove: {
    also: (tag, call) => {
      for (const { holder } of call.store.holders("tag", tag.name, call.now))
        call.store.unlink("tag", holder, tag.name);
    },
  },
  view,
});

// Creating a tag that exists answers with it, so that clients can make sure of one (the provider's SetTags does).
tags.collection("POST", z.object({ name: tagName }), ({ name }, call) => {
  const tag = tags.find(call, ensureTag(call, name));
  if (!tag) throw notFound();
  return { status: 201, body: { tag: view(tag, call) } };
});

const Tagging = z.object({
  resources: z
    .array(z.object({ resource_id: z.coerce.string(), resource_type: z.string() }))
    .min(1, "must name at least one resource"),
});

tags.on("POST", "/resources", Tagging, (tag, { resources }, call) => {
  for (const urn of resources.map((resource) => urnOf(resource, call))) addTag(call, urn, tag.name);
  return noContent();
});

tags.on("DELETE", "/resources", Tagging, (tag, { resources }, call) => {
  for (const urn of resources.map((resource) => urnOf(resource, call)))
    call.store.unlink("tag", urn, tag.name);
  return noContent();
});

function urnOf(resource: { resource_id: string; resource_type: string }, call: Call): string {
  const [type] = Object.entries(TAGGABLE).find(([, facts]) => facts.type === resource.resource_type) ?? [];
  if (type === undefined) throw unprocessable(`resource_type: ${resource.resource_type} can not be tagged`);
  const urn = `do:${type}:${resource.resource_id}`;
  if (!call.store.byUrn(urn)) throw notFound(`${resource.resource_type} ${resource.resource_id} not found`);
  return urn;
}

function view(tag: Saved<object>, call: Call): object {
  const holders = call.store.holders("tag", tag.name, call.now).map((link) => link.holder);
  const groups = Object.entries(TAGGABLE).map(([type, { group, path }]) => {
    const urns = holders.filter((urn) => urn.startsWith(`do:${type}:`));
    return [group, { count: urns.length, ...lastTagged(call, urns.at(-1), path) }] as const;
  });
  const newest = holders.at(-1);
  const path = Object.entries(TAGGABLE).find(([type]) => newest?.startsWith(`do:${type}:`))?.[1].path;
  return {
    name: tag.name,
    resources: { count: holders.length, ...lastTagged(call, newest, path), ...Object.fromEntries(groups) },
  };
}

function lastTagged(call: Call, urn: string | undefined, path: string | undefined): object {
  return urn === undefined || path === undefined
    ? {}
    : { last_tagged_uri: `${call.url}/v2/${path}/${urn.split(":")[2]}` };
}

export const area: Area = { title: "Tags", resources: [tags] };
