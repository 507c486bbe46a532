/** A DNS record as the store has it; its name there is relative to the zone, `@` for the zone itself. */
export interface DnsRecord {
  type: RecordType;
  /** A host without its last dot, `@` for the zone itself; an address; a text. */
  data: string;
  priority: number | null;
  port: number | null;
  /** Seconds. */
  ttl: number;
  weight: number | null;
  flags: number | null;
  tag: string | null;
}

export const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"] as const;
export type RecordType = (typeof TYPES)[number];

/** Seconds: what a new zone and a record that names none have. */
export const DEFAULT_TTL = 1800;

/** What the name of a record stands for: `www` in `example.com` is `www.example.com`. */
export const fullName = (name: string, zone: string): string => (name === "@" ? zone : `${name}.${zone}`);
