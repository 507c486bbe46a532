import { randomBytes, randomInt } from "node:crypto";
import type { Call, World } from "../call.ts";
import type { Saved } from "../store.ts";
import type { Credentials } from "./signature.ts";

/** What a key may do: `fullaccess` on no bucket in particular, the others each on one. */
export type Permission = "read" | "readwrite" | "fullaccess";

export interface Grant {
  readonly bucket: string;
  readonly permission: Permission;
}

/** A Spaces key. Its id is the access key. */
export interface Key {
  /** The secret key, encrypted: signatures are checked with it. */
  readonly secret: string;
  readonly grants: readonly Grant[];
}

export const KIND = "Spaces key";

export const keyOf = ({ store }: Pick<World, "store">, accessKeyId: string): Saved<Key> | undefined =>
  store.get<Key>(KIND, "", accessKeyId);

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** An access key as the platform makes them: 20 characters. */
export const newAccessKeyId = (): string =>
  `DO00${Array.from({ length: 16 }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;

/** A secret key as the platform makes them: 43 characters. */
export const newSecret = (): string => randomBytes(32).toString("base64").replace("=", "");

export const newKey = (): Credentials => ({ accessKeyId: newAccessKeyId(), secretAccessKey: newSecret() });

/** The key that comes with the account: full access, for whoever makes buckets. */
export function ensureAccountKey(call: Call): void {
  const { accessKeyId, secretAccessKey } = call.spacesKey;
  const known = keyOf(call, accessKeyId);
  if (known && call.vault.decrypt(known.secret) === secretAccessKey) return;
  if (known) call.store.remove(known, call.now);
  call.store.insert<Key>({
    ...{ kind: KIND, id: accessKeyId, parent: "", name: "local-full-access", createdAt: call.now },
    secret: call.vault.encrypt(secretAccessKey),
    grants: [{ bucket: "", permission: "fullaccess" }],
  });
}

const ORDER: readonly Permission[] = ["read", "readwrite", "fullaccess"];

/** Whether the grants allow on `bucket` what needs `wanted`. Full access is never of one bucket. */
export const allows = (grants: readonly Grant[], bucket: string, wanted: Permission): boolean =>
  grants.some(
    ({ bucket: of, permission }) =>
      permission === "fullaccess" || (of === bucket && ORDER.indexOf(permission) >= ORDER.indexOf(wanted)),
  );

export const hasFullAccess = (grants: readonly Grant[]): boolean =>
  grants.some(({ permission }) => permission === "fullaccess");
