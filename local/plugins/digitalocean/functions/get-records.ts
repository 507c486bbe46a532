/** The records of a zone. */
import { integer, notEmpty, string } from "../../provider/schema.ts";
import { listing } from "../lists.ts";

export default listing(
  "records",
  {
    id: integer(),
    domain: string({ api: false }),
    name: string(),
    type: string(),
    value: string({ api: "data" }),
    priority: integer(),
    port: integer(),
    ttl: integer(),
    weight: integer(),
    flags: integer(),
    tag: string(),
  },
  {
    inputs: { domain: string({ required: true, check: notEmpty }) },
    path: ({ domain }) => `/v2/domains/${encodeURIComponent(String(domain))}/records`,
    body: "domain_records",
    more: (_, { domain = null }) => ({ domain }),
  },
);
