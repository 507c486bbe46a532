/** An image as functions show it (terraform-provider-digitalocean: image/images.go). */
import { boolean, integer, number, type Properties, set, string } from "../provider/schema.ts";

export const image: Properties = {
  id: integer(),
  name: string(),
  type: string(),
  distribution: string(),
  slug: string(),
  private: boolean({ api: "public", read: (raw) => raw !== true }),
  minDiskSize: integer(),
  sizeGigabytes: number(),
  created: string({ api: "created_at" }),
  regions: set(string()),
  tags: set(string()),
  status: string(),
  errorMessage: string(),
  description: string(),
  /** An older name of the id. */
  image: string({ api: "id", read: String }),
};
