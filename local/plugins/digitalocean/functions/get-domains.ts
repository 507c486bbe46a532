/** The DNS zones of the account. */
import { integer, string } from "../../provider/schema.ts";
import { listing } from "../lists.ts";

export default listing(
  "domains",
  { name: string(), urn: string(), ttl: integer() },
  { more: ({ name }) => ({ urn: `do:domain:${String(name)}` }) },
);
