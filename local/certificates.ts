import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its private key, both PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const VALID_YEARS = 10;

/** Makes a certificate authority (ECDSA P-256), as one PEM text: certificate, then key. */
export function makeAuthority(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const certificate = certify({
    subject: name,
    issuer: name,
    publicKey,
    signer: privateKey,
    authority: true,
  });
  return certificate + privateKey.export({ type: "pkcs8", format: "pem" });
}

/** Issues certificates in the name of an authority that `makeAuthority` made. */
export class Authority {
  readonly certificate: string;
  readonly #key: KeyObject;
  readonly #name: string;

  constructor(pem: string, name: string) {
    const [certificate] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/.exec(pem) ?? [];
    if (certificate === undefined) throw new Error("no certificate in the authority's PEM");
    this.certificate = certificate;
    this.#key = createPrivateKey(pem.slice(certificate.length));
    this.#name = name;
  }

  /** A client certificate with `subject` as its common name. */
  issue(subject: string): Issued {
    return this.#issue({ subject });
  }

  /**
   * A server's certificate for `names`, wildcards and IPv4 addresses included. `end` is the last day on which it is valid;
   * default: in ten years.
   */
  issueServer(names: readonly string[], end?: Date): Issued {
    // A common name holds 64 characters (RFC 5280, appendix A.1); clients read the alternative names.
    return this.#issue({ subject: names.find((name) => name.length <= 64) ?? "", names, end });
  }

  #issue(facts: Pick<Request, "subject" | "names" | "end">): Issued {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    return {
      certificate: certify({ ...facts, issuer: this.#name, publicKey, signer: this.#key, authority: false }),
      key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    };
  }
}

// X.509 (RFC 5280) in DER: tag, length, content. Node reads certificates but does not make them.

interface Request {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signer: KeyObject;
  authority: boolean;
  /** The names of a server. */
  names?: readonly string[];
  /** Default: in ten years. */
  end?: Date | undefined;
}

function certify({ subject, issuer, publicKey, signer, authority, names, end }: Request): string {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const now = new Date();
  const last =
    end ?? new Date(Date.UTC(now.getUTCFullYear() + VALID_YEARS, now.getUTCMonth(), now.getUTCDate()));
  const basicConstraints = authority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence();
  const keyUsage = authority ? Buffer.from([1, 0b0000_0110]) : Buffer.from([7, 0b1000_0000]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])), // serial number, positive
    algorithm,
    commonName(issuer),
    sequence(utcTime(now), utcTime(last)),
    commonName(subject),
    createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({
      type: "spki",
      format: "der",
    }),
    der(
      0xa3,
      sequence(
        extension("2.5.29.19", basicConstraints),
        extension("2.5.29.15", der(0x03, keyUsage)),
        ...(names ? serverExtensions(names) : []),
      ),
    ),
  );
  const signature = sign("sha256", body, signer);
  const base64 = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature]))).toString(
    "base64",
  );
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
}

/** For the authentication of a server (RFC 5280, 4.2.1.12), under these names (4.2.1.6). */
const serverExtensions = (names: readonly string[]) => [
  extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
  extension("2.5.29.17", sequence(...names.map(alternativeName)), false),
];

/** A host name, or an IPv4 address: clients compare an address with entries of its own kind only. */
const alternativeName = (name: string) =>
  isIPv4(name) ? der(0x87, Buffer.from(name.split(".").map(Number))) : der(0x82, Buffer.from(name, "ascii"));

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, Buffer.concat(parts));
const extension = (id: string, value: Buffer, isCritical = true) =>
  sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
const commonName = (name: string) =>
  sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(name, "utf8")))));
const utcTime = (time: Date) =>
  der(0x17, Buffer.from(`${time.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const base128 = (number: number): number[] =>
    number < 0x80 ? [number] : [...base128(number >> 7).map((byte) => byte | 0x80), number & 0x7f];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}
