import * as z from "zod";
import type { Call } from "../../call.ts";
import { unprocessable } from "../../errors.ts";
import { newNumber } from "../../relations.ts";
import { create, type Resource, resource, update } from "../../resource.ts";
import type { Saved } from "../../store.ts";
import { DEFAULT_TTL, type DnsRecord, fullName } from "./record.ts";
import { RecordInput, recordFrom } from "./record-rules.ts";
import { NAME_SERVERS, zoneFile } from "./zone-file.ts";

export interface Domain {
  /** Of the zone: secondaries take a zone again whose serial has grown. */
  serial: number;
}

const DomainName = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, "must be a domain name");

export const domains: Resource<Domain> = resource<Domain>({
  kind: "domain",
  path: "/v2/domains",
  roots: ["domain", "domains"],
  urn: "domain",
  // Names have a dot, which no other id has.
  newId: (draft) => draft.name,
  alias: (id) => id.toLowerCase(),
  nameTaken: "Name already exists",
  inProject: true,

  create: create({
    input: z.object({ name: DomainName, ip_address: z.ipv4().or(z.literal("")).nullish() }),
    make: ({ name }, call) => ({ name, serial: Math.floor(call.now / 1000) }),
    also(domain, { ip_address }, call) {
      addRecord(call, domain, { type: "SOA", name: "@", data: String(DEFAULT_TTL) });
      for (const server of NAME_SERVERS) addRecord(call, domain, { type: "NS", name: "@", data: server });
      if (ip_address) addRecord(call, domain, { type: "A", name: "@", data: ip_address });
    },
    // The zone file is not written yet when a create is answered.
    shown: () => ({ zone_file: null }),
  }),

  remove: {},
  view: (domain, call) => ({
    name: domain.name,
    ttl: DEFAULT_TTL,
    zone_file: zoneFile(domain.name, DEFAULT_TTL, domain.serial, recordsOf(call, domain)),
  }),
  row: (domain, call) => ({ detail: `${recordsOf(call, domain).length} records` }),
});

export const records = domains.owns<DnsRecord>({
  kind: "domain record",
  path: "/records",
  roots: ["domain_record", "domain_records"],
  newId: (_, call) => newNumber(call),
  listed(record, { query, parent }) {
    const name = query.get("name")?.toLowerCase();
    const type = query.get("type")?.toUpperCase();
    return (!name || fullName(record.name, parent.name) === name) && (!type || record.type === type);
  },

  create: create({
    input: RecordInput,
    make(input, call) {
      const record = recordFrom(input, call.parent.name);
      refuseConflict(call, call.parent, record);
      return record;
    },
    also: (record, _, call) => keepWhole(call, call.parent, record),
  }),

  update: {
    // A PUT must name the data of a host again: what is kept has no dot (doctl issue 919).
    PUT: update({
      input: RecordInput.partial(),
      apply: (record, input, call) => changed(record, input, record.data, call),
    }),
    PATCH: update({
      input: RecordInput.partial(),
      apply: (record, input, call) => changed(record, input, withDot(record), call),
    }),
  },

  remove: {
    refuse(record) {
      if (record.type === "SOA") throw unprocessable("SOA records can not be deleted");
    },
    also: (_, call) => touch(call, call.parent),
  },
  view: ({ id, name, type, data, priority, port, ttl, weight, flags, tag }) => ({
    id: Number(id),
    type,
    name,
    data,
    priority,
    port,
    ttl,
    weight,
    flags,
    tag,
  }),
});

type Change = Partial<RecordInput>;

function changed(
  record: Saved<DnsRecord>,
  input: Change,
  data: string,
  call: Call<Saved<Domain>>,
): Saved<DnsRecord> {
  if (input.type && input.type !== record.type) throw unprocessable("Type can not be changed");
  const { parent } = call;
  if (record.type === "SOA") {
    touch(call, parent);
    return { ...record, ttl: input.ttl ?? record.ttl };
  }
  const known = { ...record, name: record.name, data };
  const given = Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== null && value !== undefined),
  );
  const after = { ...record, ...recordFrom({ ...known, ...given }, parent.name) };
  refuseConflict(call, parent, after);
  keepWhole(call, parent, after);
  return after;
}

const withDot = ({ type, data, tag }: DnsRecord): string =>
  ["CNAME", "MX", "NS", "SRV", "CAA"].includes(type) && data !== "@" && tag !== "iodef" ? `${data}.` : data;

/** An alias stands for a name alone (RFC 1034, section 3.6.2). */
function refuseConflict(
  call: Call<unknown>,
  zone: Saved<Domain>,
  record: DnsRecord & { name: string; id?: string },
): void {
  const others = recordsOf(call, zone).filter(({ name, id }) => name === record.name && id !== record.id);
  if (others.some(({ type }) => type === "CNAME" || record.type === "CNAME"))
    throw unprocessable("CNAME records cannot share a name with other records");
  if (record.type === "CNAME" && record.data === fullName(record.name, zone.name))
    throw unprocessable("CNAME records cannot point to themselves");
}

/** Records of one name and type have one time to live, that of the last one written (RFC 2181, section 5.2; TF#1012). */
function keepWhole(call: Call<unknown>, zone: Saved<Domain>, record: Saved<DnsRecord>): void {
  for (const other of recordsOf(call, zone))
    if (other.name === record.name && other.type === record.type && other.ttl !== record.ttl)
      records.save(call, { ...other, ttl: record.ttl });
  touch(call, zone);
}

function touch(call: Call<unknown>, zone: Saved<Domain>): void {
  const { serial } = domains.must(call, zone.id, "");
  domains.save(call, { ...zone, serial: Math.max(serial + 1, Math.floor(call.now / 1000)) });
}

const recordsOf = (call: Call<unknown>, zone: Saved<Domain>): Saved<DnsRecord>[] =>
  records.all(call, zone.id);

/** Writes a record that the platform makes itself. */
export function addRecord(
  call: Call<unknown>,
  zone: Saved<Domain>,
  { type, name, data }: Pick<DnsRecord, "type" | "data"> & { name: string },
): Saved<DnsRecord> {
  const rest = { priority: null, port: null, weight: null, flags: null, tag: null, ttl: DEFAULT_TTL };
  const record = records.insert(call, { ...rest, type, name, data }, zone.id);
  touch(call, zone);
  return record;
}

/** Takes away a record that the platform made, if its zone still has it. */
export function removeRecord(call: Call<unknown>, zone: string, id: string): void {
  const record = records.find(call, id, zone);
  const owner = domains.find(call, zone);
  if (!record || !owner) return;
  records.remove(call, record);
  touch(call, owner);
}

/** The zone of the account that `host` lies in: of several the most specific one. */
export function zoneOf(call: Call<unknown>, host: string): Saved<Domain> | undefined {
  return domains
    .all(call)
    .filter(({ name }) => host === name || host.endsWith(`.${name}`))
    .sort((one, other) => other.name.length - one.name.length)[0];
}

/** The records at a name of a zone. */
export const recordsAt = (call: Call<unknown>, zone: Saved<Domain>, name: string): Saved<DnsRecord>[] =>
  recordsOf(call, zone).filter((record) => record.name === name);
