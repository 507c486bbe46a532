import { type DnsRecord, fullName } from "./record.ts";

/** Those of the platform; every zone starts with them. */
export const NAME_SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];
/** Seconds, as in every zone of the platform: refresh, retry, expire, and the time that an absence is remembered. */
const SOA_TIMES = "10800 3600 604800 1800";

/** A zone in the master file format (RFC 1035, section 5), laid out like the platform's. */
export function zoneFile(
  zone: string,
  ttl: number,
  serial: number,
  records: readonly (DnsRecord & { name: string })[],
): string {
  const lines = records
    .filter((record) => record.type !== "SOA")
    .map(
      (record) => `${fullName(record.name, zone)}. ${record.ttl} IN ${record.type} ${dataOf(record, zone)}`,
    );
  const soa = `${zone}. IN SOA ${NAME_SERVERS[0]}. hostmaster.${zone}. ${serial} ${SOA_TIMES}`;
  return `${[`$ORIGIN ${zone}.`, `$TTL ${ttl}`, soa, ...lines].join("\n")}\n`;
}

function dataOf({ type, data, priority, weight, port, flags, tag }: DnsRecord, zone: string): string {
  const host = `${data === "@" ? zone : data}.`;
  switch (type) {
    case "MX":
      return `${priority} ${host}`;
    case "SRV":
      return `${priority} ${weight} ${port} ${host}`;
    case "CAA":
      return `${flags} ${tag} ${quoted(data === "@" ? zone : data)}`;
    case "CNAME":
    case "NS":
      return host;
    case "TXT":
      return strings(data).map(quoted).join(" ");
    default:
      return data;
  }
}

/** A string of a zone holds 255 octets at most (RFC 1035, section 3.3); no character is split. */
function strings(text: string): string[] {
  const parts = [""];
  for (const character of text) {
    const last = parts.at(-1) ?? "";
    if (Buffer.byteLength(last + character) > 255) parts.push(character);
    else parts[parts.length - 1] = last + character;
  }
  return parts;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
