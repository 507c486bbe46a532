/** The regions of the platform. */
import { listing } from "../lists.ts";
import { region } from "../region.ts";

export default listing("regions", region);
