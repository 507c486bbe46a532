/** The public keys of the account. */
import { integer, string } from "../../provider/schema.ts";
import { listing } from "../lists.ts";

export default listing(
  "sshKeys",
  { id: integer(), name: string(), publicKey: string(), fingerprint: string() },
  { path: () => "/v2/account/keys", body: "ssh_keys" },
);
