import { createHash } from "node:crypto";
import * as z from "zod";
import type { Call } from "../call.ts";
import { unprocessable } from "../errors.ts";
import { newNumber } from "../relations.ts";
import { create, resource, update } from "../resource.ts";
import type { Saved } from "../store.ts";
import type { Area } from "./area.ts";

export interface SshKey {
  public_key: string;
  /** MD5 of the key's blob in hexadecimal with colons, the form that the platform addresses keys by. */
  fingerprint: string;
}

/** What an account may hold; an OpenSSH public key names its algorithm in clear and once more inside its blob. */
const ALGORITHMS = [
  "ssh-rsa",
  "ssh-dss",
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
];

const Name = z.string().min(1, "can't be blank").max(255);

export const sshKeys = resource<SshKey>({
  kind: "SSH key",
  path: "/v2/account/keys",
  roots: ["ssh_key", "ssh_keys"],
  newId: (_, call) => newNumber(call),
  alias: (id, call) => withFingerprint(call, id)?.id ?? id,

  create: create({
    input: z.object({ name: Name, public_key: z.string().min(1, "can't be blank") }),
    make({ name, public_key }, call) {
      const fingerprint = fingerprintOf(public_key);
      if (fingerprint === undefined)
        throw unprocessable("Key invalid, key should be of the format `type key`");
      if (withFingerprint(call, fingerprint))
        throw unprocessable("SSH Key is already in use on your account");
      return { name, public_key, fingerprint };
    },
  }),
  update: {
    PUT: update({
      input: z.object({ name: Name.nullish() }),
      apply: (key, { name }) => ({ ...key, name: name ?? key.name }),
    }),
  },
  remove: {},
  view: (key) => ({
    id: Number(key.id),
    name: key.name,
    public_key: key.public_key,
    fingerprint: key.fingerprint,
  }),
  row: (key) => ({ detail: key.fingerprint }),
});

/** The key that a droplet's `ssh_keys` name by id or fingerprint. */
export const findKey = (call: Call<unknown>, name: string | number): Saved<SshKey> | undefined =>
  sshKeys.find(call, String(name)) ?? withFingerprint(call, String(name));

const withFingerprint = (call: Call<unknown>, fingerprint: string): Saved<SshKey> | undefined =>
  sshKeys.all(call).find((key) => key.fingerprint === fingerprint);

/** The fingerprint of an OpenSSH public key (RFC 4253, 6.6), undefined for what is none. */
function fingerprintOf(text: string): string | undefined {
  const [algorithm = "", base64 = ""] = text.trim().split(/\s+/);
  if (!ALGORITHMS.includes(algorithm) || !/^[A-Za-z0-9+/]+=*$/.test(base64)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const named = blob.subarray(4, 4 + (blob.length < 4 ? 0 : blob.readUInt32BE(0))).toString("latin1");
  if (named !== algorithm || blob.length <= 4 + algorithm.length) return undefined;
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replaceAll(/..(?!$)/g, "$&:");
}

export const area: Area = { title: "SSH keys", resources: [sshKeys] };
