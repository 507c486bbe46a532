/** A tag (terraform-provider-digitalocean: digitalocean/tag). */
import { integer, type Properties, type Property } from "../../provider/schema.ts";
import { asBody, type Body } from "../api.ts";
import { tag } from "../database.ts";
import { rest } from "../rest.ts";

const count = (part?: string): Property =>
  integer({
    output: true,
    api: "resources",
    read: (raw) => {
      const resources = asBody(raw);
      const counted: Body = part ? asBody(resources[part]) : resources;
      return typeof counted.count === "number" ? counted.count : 0;
    },
  });

const properties: Properties = {
  name: { ...tag, required: true, replaces: true, autoname: 255 },
  totalResourceCount: count(),
  dropletsCount: count("droplets"),
  imagesCount: count("images"),
  volumesCount: count("volumes"),
  volumeSnapshotsCount: count("volume_snapshots"),
  databasesCount: count("databases"),
};

export default rest({ noun: "tag", path: "/v2/tags", root: "tag", key: "name", properties });
