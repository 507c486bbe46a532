import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { dropletSshKeys } from "./droplet-ssh-keys.ts";

cases(dropletSshKeys, {
  good: {
    "a key": [resource(types.droplet, { sshKeys: ["3b:16"] })],
    "keys that will be known": [resource(types.droplet, { sshKeys: [unknown] })],
    "a pool's key": [resource(types.dropletAutoscale, { dropletTemplate: { sshKeys: [unknown] } })],
  },
  bad: {
    none: [[resource(types.droplet)], "sshKeys", /root has a password.*sshKeys/],
    "an empty list": [
      [resource(types.dropletAutoscale, { dropletTemplate: { sshKeys: [] } })],
      "dropletTemplate.sshKeys",
      /no key/,
    ],
  },
  unknown: {
    "the template": [[resource(types.dropletAutoscale, { dropletTemplate: unknown })], "dropletTemplate"],
  },
});
