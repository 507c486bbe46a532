/** The images that the account can make droplets of. */
import { image } from "../image.ts";
import { listing } from "../lists.ts";

export default listing("images", image);
