/** A record of a zone (terraform-provider-digitalocean: resource_record). */
import type { Failure } from "../../provider/check.ts";
import type { Existing } from "../../provider/resource.ts";
import { between, integer, notEmpty, oneOf, type Properties, string } from "../../provider/schema.ts";
import type { Value, Values } from "../../provider/values.ts";
import { rest } from "../rest.ts";

const word = { check: between(0, 65_535) };
/** The zone with the dot that ends a whole name. */
const zone = (inputs: Values): string => `${String(inputs.domain)}.`;

const properties: Properties = {
  domain: string({ required: true, replaces: true, api: false, check: notEmpty }),
  type: string({
    required: true,
    replaces: true,
    check: oneOf("A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"),
  }),
  name: string({
    required: true,
    autoname: 255,
    check: notEmpty,
    same: (old, now, inputs) =>
      (old === "@" && now === zone(inputs)) || `${String(old)}.${zone(inputs)}` === now,
  }),
  value: string({
    required: true,
    api: "data",
    same: (old, now, inputs) =>
      (old === "@" && now === zone(inputs)) || old === `${String(now)}.${zone(inputs)}`,
  }),
  port: integer(word),
  priority: integer(word),
  weight: integer(word),
  ttl: integer({ computed: true, check: between(1, Number.MAX_SAFE_INTEGER) }),
  flags: integer({ check: between(0, 255) }),
  tag: string({ check: oneOf("issue", "issuewild", "iodef") }),
  fqdn: string({ output: true, api: false }),
};

/** Which properties a type can't do without. */
const needs: Readonly<Record<string, readonly string[]>> = {
  MX: ["priority"],
  SRV: ["priority", "weight"],
  CAA: ["flags", "tag"],
};

function check(inputs: Values): Failure[] {
  const missing = (needs[String(inputs.type)] ?? []).filter((name) => (inputs[name] ?? null) === null);
  return missing.map((name) => ({
    property: name,
    reason: `\`${name}\` is required for when type is \`${String(inputs.type)}\``,
  }));
}

const record = rest({
  noun: "record",
  path: ({ domain }) => `/v2/domains/${encodeURIComponent(String(domain))}/records`,
  root: "domain_record",
  update: "PUT",
  properties,
  check,
});

/** The API leaves out the last dot of a host, which it asks for in requests. */
function whole({ id, state }: Existing, domain: Value | undefined): Existing {
  const { type, value, tag } = state;
  const isHost =
    ["CNAME", "MX", "NS", "SRV", "CAA"].includes(String(type)) && value !== "@" && tag !== "iodef";
  return {
    id,
    state: {
      ...state,
      domain: domain ?? null,
      value: isHost ? `${String(value)}.` : (value ?? null),
      fqdn: fqdn(String(state.name), String(domain)),
    },
  };
}

function fqdn(name: string, domain: string): string {
  if (name === "@") return domain;
  const lower = name.toLowerCase();
  return lower.endsWith(`${domain}.`) ? lower.replace(/\.$/, "") : `${name}.${domain}`;
}

export default {
  ...record,
  importId(given) {
    const [domain, id, ...more] = given.split(",");
    if (!domain || !id || !/^\d+$/.test(id) || more.length > 0)
      throw new Error("import a record by its domain and its id: <domain>,<id>");
    return { id, state: { domain } };
  },
  create: async (operation, planned) => whole(await record.create(operation, planned), planned.domain),
  read: async (operation, id, state) => {
    const found = await record.read(operation, id, state);
    return found && whole(found, state.domain);
  },
  update: async (operation, id, planned, prior) =>
    whole((await record.update?.(operation, id, planned, prior)) ?? { id, state: planned }, planned.domain),
} satisfies typeof record & { importId(given: string): Existing };
