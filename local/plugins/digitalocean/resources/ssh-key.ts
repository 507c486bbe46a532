/** A public key for droplets (terraform-provider-digitalocean: digitalocean/sshkey). */
import { notEmpty, type Properties, string } from "../../provider/schema.ts";
import { rest } from "../rest.ts";

const properties: Properties = {
  name: string({ required: true, autoname: 255, check: notEmpty }),
  publicKey: string({
    required: true,
    replaces: true,
    check: notEmpty,
    same: (old, now) => String(old).trim() === String(now).trim(),
  }),
  fingerprint: string({ output: true }),
};

export default rest({
  noun: "SSH key",
  path: "/v2/account/keys",
  root: "ssh_key",
  update: "PUT",
  properties,
});
