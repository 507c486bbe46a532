import { docs } from "../../docs.ts";
import { types } from "../../resources.ts";
import type { ResourceRule } from "../../rule.ts";

const LEAST_RSA_BITS = 2048;

export const sshKeyStrong: ResourceRule = {
  name: "ssh-key-strong",
  description: "An SSH key is no DSA key and no short RSA key.",
  group: "access",
  severity: "medium",
  level: "mandatory",
  references: ["ssh-key-no-dsa"],
  url: docs.droplets,
  fix: "make an Ed25519 key: `ssh-keygen -t ed25519`",
  types: [types.sshKey],
  check: (key, report) => {
    const publicKey = key.get("publicKey");
    const [algorithm, body = ""] = (publicKey.text() ?? "").trim().split(/\s+/);
    if (algorithm === "ssh-dss") report(publicKey, "this is a DSA key, which is broken");
    if (algorithm === "ssh-rsa" && rsaBits(body) < LEAST_RSA_BITS)
      report(publicKey, `this RSA key has fewer than ${LEAST_RSA_BITS} bits`);
  },
};

/** Bits of an RSA key's modulus: the third of the texts, each with its length in front, that a key consists of (RFC 4253, 6.6). */
function rsaBits(body: string): number {
  const bytes = Buffer.from(body, "base64");
  let at = 0;
  const next = () => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const part = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return part;
  };
  next();
  next();
  const modulus = next();
  return (modulus[0] === 0 ? modulus.length - 1 : modulus.length) * 8;
}
