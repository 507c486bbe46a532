/** The droplets of the account. */
import { boolean } from "../../provider/schema.ts";
import { dropletLookup } from "../droplet.ts";
import { listing } from "../lists.ts";

export default listing("droplets", dropletLookup, {
  inputs: { gpus: boolean() },
  path: ({ gpus }) => `/v2/droplets${gpus ? "?type=gpus" : ""}`,
});
