/** What the platform tells of a region. */
import { boolean, type Properties, set, string } from "../provider/schema.ts";

export const region: Properties = {
  slug: string(),
  name: string(),
  sizes: set(string()),
  features: set(string()),
  available: boolean(),
};
