import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import * as z from "zod";
import { type Call, created, stateAt, type Transition, timestamp, transition } from "../call.ts";
import { forbidden, notFound, unprocessable } from "../errors.ts";
import { create, type Resource, resource } from "../resource.ts";
import type { Draft, Saved } from "../store.ts";
import type { Area } from "./area.ts";
import { recordsAt, zoneOf } from "./domains/domains.ts";

export interface Certificate {
  type: "custom" | "lets_encrypt";
  dns_names: string[];
  /** Milliseconds since the epoch. */
  not_after: number;
  sha1_fingerprint: string;
  /** PEM, the server's own certificate first. */
  chain: string;
  /** PEM, encrypted. */
  private_key: string;
  /** Let's Encrypt is at work. */
  change?: Transition;
  /** Let's Encrypt refused. */
  refused?: true;
}

/** Seconds: at least what the platform needs (the provider's first look). */
const ISSUE_SECONDS = 10;
/** Let's Encrypt's own (https://letsencrypt.org/docs/faq/). */
const VALID_DAYS = 90;
const AUTHORITY = "letsencrypt.org";

const Name = z.string().min(1).max(255);
const DnsName = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(
    /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]+$/,
    "must be a host name, or *. and one",
  );
const Input = z.preprocess(
  (body) => (typeof body === "object" ? { type: "custom", ...body } : body),
  z.discriminatedUnion("type", [
    z.object({
      name: Name,
      type: z.literal("lets_encrypt"),
      dns_names: z.array(DnsName).min(1).max(100),
    }),
    z.object({
      name: Name,
      type: z.literal("custom"),
      private_key: z.string().min(1),
      leaf_certificate: z.string().min(1),
      certificate_chain: z.string().nullish(),
    }),
  ]),
);

export const certificates: Resource<Certificate> = resource<Certificate>({
  kind: "certificate",
  path: "/v2/certificates",
  roots: ["certificate", "certificates"],
  nameTaken: "Certificate name already in use",
  listed: ({ name }, { query }) => !query.get("name") || name === query.get("name"),

  create: create({
    input: Input,
    make: (input, call) =>
      input.type === "lets_encrypt" ? ordered(input.name, input.dns_names, call) : uploaded(input, call),
  }),

  remove: {
    refuse({ name }, call) {
      // The provider repeats a delete that meets these very words.
      if (call.store.holders("certificate", name, call.now).length > 0)
        throw forbidden("Make sure the certificate is not in use before deleting it");
    },
  },

  view: (certificate, call) => ({
    id: certificate.id,
    name: certificate.name,
    not_after: timestamp(certificate.not_after),
    sha1_fingerprint: certificate.sha1_fingerprint,
    created_at: timestamp(certificate.createdAt),
    dns_names: certificate.dns_names,
    state: stateOf(certificate, call),
    type: certificate.type,
  }),
  row: (certificate, call) => ({
    state: stateOf(certificate, call),
    detail: `${certificate.dns_names.join(", ")}, until ${timestamp(certificate.not_after).slice(0, 10)}`,
  }),
});

const stateOf = ({ change, refused }: Certificate, call: Call<unknown>): string =>
  stateAt(call.now, change, refused ? "error" : "verified");

/** One that Let's Encrypt issues: the platform shows it can change the zones of the names (ACME, DNS-01). */
function ordered(name: string, names: string[], call: Call<unknown>): Draft<Certificate> {
  const unmanaged = names.filter((host) => zoneOf(call, withoutWildcard(host)) === undefined);
  if (unmanaged.length > 0)
    throw unprocessable(`one or more domains are not managed by DigitalOcean: ${unmanaged.join(", ")}`);
  const end = new Date(call.now);
  end.setUTCDate(end.getUTCDate() + VALID_DAYS);
  const { certificate, key } = call.authority.issueServer(names, end);
  return {
    name,
    type: "lets_encrypt",
    ...factsOf(new X509Certificate(certificate)),
    dns_names: names,
    chain: certificate + call.authority.certificate,
    private_key: call.vault.encrypt(key),
    change: transition("pending", call.after(ISSUE_SECONDS)),
    ...((call.fails || names.some((host) => !mayIssue(call, host))) && { refused: true }),
  };
}

/** Whether the zone lets Let's Encrypt issue for `host` (CAA, RFC 8659: the records of the closest name that has any). */
function mayIssue(call: Call<unknown>, host: string): boolean {
  const bare = withoutWildcard(host);
  const zone = zoneOf(call, bare);
  if (!zone) return false;
  const labels = bare === zone.name ? [] : bare.slice(0, -zone.name.length - 1).split(".");
  const names = [...labels.map((_, at) => labels.slice(at).join(".")), "@"];
  for (const name of names) {
    const found = recordsAt(call, zone, name).filter(({ type }) => type === "CAA");
    if (found.length === 0) continue;
    const tagged = (tag: string) => found.filter((record) => record.tag === tag);
    const wild = bare === host ? [] : tagged("issuewild");
    const deciding = wild.length > 0 ? wild : tagged("issue");
    return deciding.length === 0 || deciding.some(({ data }) => data === AUTHORITY);
  }
  return true;
}

const withoutWildcard = (host: string): string => host.replace(/^\*\./, "");

interface Upload {
  name: string;
  private_key: string;
  leaf_certificate: string;
  certificate_chain?: string | null | undefined;
}

function uploaded(input: Upload, call: Call<unknown>): Draft<Certificate> {
  const leaf = parsed(input.leaf_certificate, "leaf certificate");
  const key = keyFrom(input.private_key);
  if (!leaf.checkPrivateKey(key)) throw invalid("the private key does not match the leaf certificate");
  if (leaf.validToDate.getTime() <= call.now) throw invalid("the leaf certificate has expired");
  const chain = input.certificate_chain?.trim() ?? "";
  for (const pem of chain === "" ? [] : chain.split(/(?<=-----END CERTIFICATE-----)\s*/).filter(Boolean))
    parsed(pem, "certificate chain");
  return {
    name: input.name,
    type: "custom",
    ...factsOf(leaf),
    chain: [leaf.toString().trim(), chain].filter(Boolean).join("\n"),
    private_key: call.vault.encrypt(input.private_key),
  };
}

const invalid = (why: string) => unprocessable(`Invalid certificate data: ${why}`);

function parsed(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalid(`the ${what} is not a certificate in PEM`);
  }
}

/** Bits, since October 2021 (terraform-provider-digitalocean#736). */
const LEAST_BITS = { rsa: 2048, ec: 224 };

function keyFrom(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw invalid("the private key is not one in PEM without a passphrase");
  }
  const { modulusLength, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  const bits = modulusLength ?? Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0);
  const least = key.asymmetricKeyType === "rsa" ? LEAST_BITS.rsa : LEAST_BITS.ec;
  if (!["rsa", "ec"].includes(key.asymmetricKeyType ?? "") || bits < least)
    throw invalid("the provided private key is not a minimum of 2048 bits (RSA) or 224 bits (ECDSA)");
  return key;
}

function factsOf(leaf: X509Certificate): Pick<Certificate, "dns_names" | "not_after" | "sha1_fingerprint"> {
  const names = leaf.subjectAltName?.split(", ").flatMap((name) => /^DNS:(.+)$/.exec(name)?.[1] ?? []) ?? [];
  return {
    dns_names: names,
    not_after: leaf.validToDate.getTime(),
    sha1_fingerprint: leaf.fingerprint.replaceAll(":", "").toLowerCase(),
  };
}

/**
 * Notes the names of the certificates that the object behind the URN `holder` uses now: none of them can go, until the
 * object has gone or uses another. Names, since a renewed certificate is another object under the same name.
 */
export function useCertificates(call: Call<unknown>, holder: string, names: readonly string[]): void {
  call.store.unlink("certificate", holder);
  for (const name of names) call.store.link("certificate", holder, name, call.now);
}

export const certificateNamed = (call: Call<unknown>, name: string): Saved<Certificate> | undefined =>
  call.store.named<Certificate>("certificate", "", name);

/**
 * The platform renews a Let's Encrypt certificate by itself before it ends; here that is asked for. What comes is
 * another certificate under the old name: whoever remembered the old one's id has nothing (TF#1089).
 */
const renew = {
  method: "POST",
  path: "/_local/certificates/:name/renew",
  handle(call: Call) {
    const before = certificateNamed(call, call.params.name ?? "");
    if (before?.type !== "lets_encrypt")
      throw notFound(`no Let's Encrypt certificate is named ${call.params.name}`);
    const { change: _, ...draft } = ordered(before.name, before.dns_names, call);
    certificates.remove(call, before);
    const after = certificates.insert(call, draft);
    call.store.note(call.now, `renewed certificate ${after.name}`);
    return created({ certificate: certificates.about.view(after, call) });
  },
} as const;

export const area: Area = { title: "Certificates", resources: [certificates], routes: [renew] };
