import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const FORM = /^EV\[1:([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)\]$/;

/** Whether a value claims to be an encrypted one; only `decrypt` tells whether it is. */
export const looksEncrypted = (value: string): boolean => value.startsWith("EV[");

/**
 * Encrypts an app's SECRET values the way App Platform shows them, `EV[1:<nonce>:<ciphertext>]`, with AES-256-GCM
 * under the state folder's key: the plain value is in neither the store nor any answer.
 */
export class Vault {
  readonly #key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  encrypt(plain: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `EV[1:${nonce.toString("base64")}:${sealed.toString("base64")}]`;
  }

  /** The plain value, or undefined for what this vault did not encrypt. */
  decrypt(value: string): string | undefined {
    const [, nonce, sealed] = FORM.exec(value) ?? [];
    if (nonce === undefined || sealed === undefined) return undefined;
    const bytes = Buffer.from(sealed, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key, Buffer.from(nonce, "base64"));
      decipher.setAuthTag(bytes.subarray(-16));
      return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}
