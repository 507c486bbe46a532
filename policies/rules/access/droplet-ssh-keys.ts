import { docs } from "../../docs.ts";
import { machineOf, types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

/** A droplet without a key gets a root password by mail. The key is the way in when all else fails: keep port 22 closed. */
export const dropletSshKeys: ResourceRule = {
  name: "droplet-ssh-keys",
  description: "A droplet is signed in to with SSH keys.",
  group: "access",
  severity: "high",
  level: "mandatory",
  references: ["CKV_DIO_2", "DIG-0004", "CIS Services 2.7"],
  url: docs.droplets,
  fix: "set `sshKeys` to fingerprints or ids of SSH keys",
  types: [types.droplet, types.dropletAutoscale],
  check: (machine, report) => {
    const keys = machineOf(machine).get("sshKeys");
    if (!keys.isGiven) report(keys, "there is no key, so root has a password");
  },
};
