/** The sizes that droplets can have. */
import { boolean, integer, number, set, string } from "../../provider/schema.ts";
import { listing } from "../lists.ts";

export default listing("sizes", {
  slug: string(),
  available: boolean(),
  transfer: number(),
  priceMonthly: number(),
  priceHourly: number(),
  memory: integer(),
  vcpus: integer(),
  disk: integer(),
  regions: set(string()),
});
