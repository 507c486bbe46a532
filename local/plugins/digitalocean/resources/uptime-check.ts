/** A check of an endpoint from around the world (terraform-provider-digitalocean: resource_uptime_check). */
import { boolean, oneOf, type Properties, set, string } from "../../provider/schema.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, autoname: 255 }),
  type: string({ default: "https", check: oneOf("ping", "http", "https") }),
  target: string({ required: true }),
  regions: set(string()),
  enabled: boolean({ default: true }),
};

export default rest({
  noun: "uptime check",
  path: "/v2/uptime/checks",
  root: "check",
  update: "PUT",
  mustExist: true,
  properties,
});
