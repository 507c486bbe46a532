import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { sshKeyStrong } from "./ssh-key-strong.ts";

const key = (publicKey: unknown) => [resource(types.sshKey, { name: "ops", publicKey })];

/** The public half of an RSA key of some bits, as `ssh-keygen` writes it. */
function rsa(bits: number): string {
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xc1)]);
  const all = [Buffer.from("ssh-rsa"), Buffer.from([1, 0, 1]), modulus].map(part);
  return `ssh-rsa ${Buffer.concat(all).toString("base64")} ops@example.com`;
}

cases(sshKeyStrong, {
  good: {
    "an Ed25519 key": key("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"),
    "a long RSA key": key(rsa(4096)),
    "none yet": [resource(types.sshKey)],
  },
  bad: {
    "a DSA key": [key("ssh-dss AAAAB3NzaC1kc3M="), "publicKey", /DSA key.*ed25519/],
    "a short RSA key": [key(rsa(1024)), "publicKey", /fewer than 2048 bits/],
    "a broken RSA key": [key("ssh-rsa AAAA"), "publicKey", /fewer than 2048 bits/],
  },
  unknown: { "the key": [key(unknown), "publicKey"] },
});
