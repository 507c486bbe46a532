/** A private network of one region (terraform-provider-digitalocean: digitalocean/vpc). */
import { boolean, isCidr, lengthBetween, notEmpty, type Properties, string } from "../../provider/schema.ts";
import { whileRefused } from "../api.ts";
import { goTime } from "../body.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  region: string({ required: true, replaces: true, check: notEmpty }),
  description: string({ check: lengthBetween(0, 255) }),
  ipRange: string({ computed: true, replaces: true, check: isCidr }),
  vpcUrn: string({ output: true, api: "urn" }),
  default: boolean({ output: true }),
  createdAt: string({ output: true, read: goTime }),
};

const vpc = rest({
  noun: "VPC",
  path: "/v2/vpcs",
  root: "vpc",
  properties,
  update: "PUT",
  timeouts: { delete: 120 },
});

export default {
  ...vpc,
  /** Members leave after their own deletion was answered: until then the platform refuses. */
  delete: (operation, id, state) =>
    whileRefused(operation, [403, 409], () => vpc.delete(operation, id, state)),
} satisfies typeof vpc;
