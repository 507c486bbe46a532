import { isIPv4, isIPv6 } from "node:net";
import * as z from "zod";
import { unprocessable } from "../../errors.ts";
import { DEFAULT_TTL, type DnsRecord, TYPES } from "./record.ts";

const word = z.int().min(0).max(65_535).nullish();

export const RecordInput = z.object({
  type: z.enum(TYPES),
  name: z.string().nullish(),
  data: z.string().nullish(),
  priority: word,
  port: word,
  /** The control panel takes no less. */
  ttl: z
    .int()
    .min(30)
    .max(2 ** 31 - 1)
    .nullish(),
  weight: word,
  flags: z.int().min(0).max(255).nullish(),
  tag: z.string().nullish(),
});
export type RecordInput = z.output<typeof RecordInput>;

/** The types whose data names a host: their data ends with a dot in requests, and without one in answers. */
const NAMES_A_HOST = ["CNAME", "MX", "NS", "SRV", "CAA"];
/** Octets of a text in quotes; undocumented, found by https://github.com/StackExchange/dnscontrol/issues/370. */
const MAX_TEXT = 512;

/**
 * A record as the platform keeps it, when it may be one. What a type has no use for is dropped: the official client
 * sends `priority`, `weight` and `flags` of 0 with every record, and leaves out a `port` of 0.
 */
export function recordFrom(input: RecordInput, zone: string): DnsRecord & { name: string } {
  const { type, priority = null, weight = null, flags = null, tag = null } = input;
  if (type === "SOA") throw unprocessable("SOA records come with their domain and can not be created");
  const isMail = type === "MX";
  const isService = type === "SRV";
  const isCaa = type === "CAA";
  if ((isMail || isService) && priority === null) throw unprocessable("Priority can't be blank");
  if (isService && weight === null) throw unprocessable("Weight can't be blank");
  if (isCaa && flags === null) throw unprocessable("Flags can't be blank");
  if (isCaa && (tag === null || !["issue", "issuewild", "iodef"].includes(tag)))
    throw unprocessable("Tag must be one of issue, issuewild, iodef");
  return {
    name: recordName(input.name, type, zone),
    type,
    data: dataFrom(type, input.data ?? "", tag, zone),
    ttl: input.ttl ?? DEFAULT_TTL,
    priority: isMail || isService ? priority : null,
    port: isService ? (input.port ?? 0) : null,
    weight: isService ? weight : null,
    flags: isCaa ? flags : null,
    tag: isCaa ? tag : null,
  };
}

/** Underscores: services (RFC 2782), keys of mail (DKIM), and proofs of ownership. */
const NAME = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** A name that ends with a dot is a whole one; every other is relative to the zone. */
function recordName(given: string | null | undefined, type: string, zone: string): string {
  const lower = given?.toLowerCase() || "@";
  if (lower === "@" || lower === `${zone}.`) return "@";
  if (lower.endsWith(".") && !lower.endsWith(`.${zone}.`))
    throw unprocessable(`Name ${given} is not within ${zone}`);
  const name = lower.endsWith(".") ? lower.slice(0, -zone.length - 2) : lower;
  if (!NAME.test(name) || name.length + zone.length > 252) throw unprocessable(`Name ${given} is not valid`);
  if (type === "SRV" && !name.startsWith("_")) throw unprocessable("Name of an SRV record must start with _");
  return name;
}

function dataFrom(type: string, data: string, tag: string | null, zone: string): string {
  if (data === "") throw unprocessable("Data can't be blank");
  if (type === "A" && !isIPv4(data))
    throw unprocessable("IP address did not match IPv4 format (e.g. 127.0.0.1)");
  if (type === "AAAA" && !isIPv6(data))
    throw unprocessable("IP address did not match IPv6 format (e.g. 2001:db8::ff00:42:8329)");
  if (type === "TXT") return textFrom(data);
  if (!NAMES_A_HOST.includes(type) || tag === "iodef") return data;
  return hostFrom(data, zone);
}

function textFrom(data: string): string {
  if (data.includes("\\")) throw unprocessable("Data can not contain a backslash");
  const octets = Buffer.byteLength(JSON.stringify(data));
  if (octets > MAX_TEXT) throw unprocessable(`Data is too long (maximum is ${MAX_TEXT} characters)`);
  return data;
}

const HOST = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+$/;

function hostFrom(data: string, zone: string): string {
  const host = data.toLowerCase();
  if (host === "@" || host === `${zone}.`) return "@";
  if (!host.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  if (!HOST.test(host)) throw unprocessable("Data is not a host name");
  return host.slice(0, -1);
}
