import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Client, cloudFor } from "../../testing.ts";

interface DnsRecord {
  id: number;
  type: string;
  name: string;
  data: string;
  ttl: number;
  priority: number | null;
  weight: number | null;
  port: number | null;
  flags: number | null;
  tag: string | null;
}

const zone = async (cloud: Client, name = "example.com", more: object = {}) =>
  cloud.make("/v2/domains", { name, ...more });
const records = async (cloud: Client, query = "", name = "example.com") =>
  (await cloud.get<{ domain_records: DnsRecord[] }>(`/v2/domains/${name}/records?per_page=200&${query}`)).body
    .domain_records;
const add = (cloud: Client, record: object) =>
  cloud.post<{ domain_record: DnsRecord; message: string }>("/v2/domains/example.com/records", record);
const zoneFile = async (cloud: Client) =>
  (await cloud.get<{ domain: { zone_file: string } }>("/v2/domains/example.com")).body.domain.zone_file;

test("a new zone has the platform's records, and its address when one is given", async (t) => {
  const cloud = await cloudFor(t);
  assert.equal((await zone(cloud, "Example.com", { ip_address: "192.0.2.1" })).zone_file, null);
  assert.deepEqual(
    (await records(cloud)).map(({ type, name, data }) => [type, name, data]),
    [
      ["SOA", "@", "1800"],
      ["NS", "@", "ns1.digitalocean.com"],
      ["NS", "@", "ns2.digitalocean.com"],
      ["NS", "@", "ns3.digitalocean.com"],
      ["A", "@", "192.0.2.1"],
    ],
  );
  assert.match(
    await zoneFile(cloud),
    /^\$ORIGIN example\.com\.\n\$TTL 1800\nexample\.com\. IN SOA ns1\.digitalocean\.com\. hostmaster\.example\.com\. \d+ 10800 3600 604800 1800\nexample\.com\. 1800 IN NS ns1/,
  );
  for (const [body, says] of [
    [{ name: "example.com" }, /already exists/],
    [{ name: "com" }, /domain name/],
    [{ name: "a b.com" }, /domain name/],
    [{}, /name is required/],
    [{ name: "example.org", ip_address: "::1" }, /ip_address/],
  ] as const) {
    const answer = await cloud.post<{ message: string }>("/v2/domains", body);
    assert.equal(answer.status, 422);
    assert.match(answer.body.message, says);
  }
  assert.equal((await cloud.delete("/v2/domains/example.com")).status, 204);
  assert.equal((await cloud.get("/v2/domains/example.com/records")).status, 404);
  await zone(cloud);
  assert.equal((await records(cloud)).length, 4, "nothing of the old zone comes back");
});

test("each type has its rules", async (t) => {
  const cloud = await cloudFor(t);
  await zone(cloud);
  await add(cloud, { type: "CNAME", name: "alias", data: "www.example.net." });
  for (const [record, says] of [
    [{ type: "A", name: "x", data: "host.example.net." }, /IPv4/],
    [{ type: "AAAA", name: "x", data: "192.0.2.1" }, /IPv6/],
    [{ type: "CNAME", name: "x", data: "www.example.net" }, /Data needs to end with a dot \(\.\)/],
    [{ type: "CNAME", name: "@", data: "www.example.net." }, /share a name/],
    [{ type: "CNAME", name: "x", data: "x.example.com." }, /point to themselves/],
    [{ type: "A", name: "alias", data: "192.0.2.1" }, /share a name/],
    [{ type: "MX", name: "@", data: "mx.example.net." }, /Priority/],
    [{ type: "MX", name: "@", data: "mx.example.net", priority: 1 }, /end with a dot/],
    [{ type: "NS", data: "ns1.digitalocean.com" }, /end with a dot/],
    [{ type: "SRV", name: "_a._tcp", data: "a.example.com.", priority: 1 }, /Weight/],
    [{ type: "SRV", name: "a", data: "a.example.com.", priority: 1, weight: 1, port: 1 }, /start with _/],
    [{ type: "CAA", name: "@", data: "letsencrypt.org.", tag: "issue" }, /Flags/],
    [{ type: "CAA", name: "@", data: "letsencrypt.org.", flags: 0, tag: "issued" }, /Tag/],
    [{ type: "CAA", name: "@", data: "letsencrypt.org", flags: 0, tag: "issue" }, /end with a dot/],
    [{ type: "TXT", name: "x", data: "" }, /blank/],
    [{ type: "TXT", name: "x", data: "a\\b" }, /backslash/],
    [{ type: "TXT", name: "x", data: "t".repeat(512) }, /too long/],
    [{ type: "SOA", name: "@", data: "1800" }, /SOA/],
    [{ type: "A", name: "x.example.org.", data: "192.0.2.1" }, /not within/],
    [{ type: "A", name: "sp ace", data: "192.0.2.1" }, /not valid/],
    [{ type: "A", name: "x", data: "192.0.2.1", ttl: 5 }, /ttl/],
    [{ type: "SPF", name: "x", data: "v" }, /type/],
  ] as const) {
    const answer = await add(cloud, record);
    assert.equal(answer.status, 422, JSON.stringify(record));
    assert.match(answer.body.message, says);
  }
});

test("names and hosts are kept relative to the zone, without the last dot", async (t) => {
  const cloud = await cloudFor(t);
  await zone(cloud);
  for (const [record, name, data] of [
    [{ type: "A", name: "www.example.com.", data: "192.0.2.1" }, "www", "192.0.2.1"],
    [{ type: "A", name: "example.com.", data: "192.0.2.1" }, "@", "192.0.2.1"],
    [{ type: "A", name: "example.com", data: "192.0.2.1" }, "example.com", "192.0.2.1"],
    [{ type: "MX", name: "", data: "example.com.", priority: 5 }, "@", "@"],
    [{ type: "MX", name: "sub", data: "MX.Example.net.", priority: 5 }, "sub", "mx.example.net"],
    [{ type: "CAA", name: "@", data: "mailto:a@b.c", flags: 0, tag: "iodef" }, "@", "mailto:a@b.c"],
  ] as const) {
    const { status, body } = await add(cloud, record);
    assert.equal(status, 201, JSON.stringify(body));
    assert.partialDeepStrictEqual(body.domain_record, { name, data });
  }
  const found = async (query: string) =>
    (await records(cloud, query)).map(({ type, name }) => `${type} ${name}`);
  assert.deepEqual(await found("name=www.example.com"), ["A www"]);
  assert.deepEqual(await found("type=mx"), ["MX @", "MX sub"]);
  assert.deepEqual(await found("type=A&name=example.com"), ["A @"]);
});

test("records repeat, share their time to live, change in place, and go", async (t) => {
  const cloud = await cloudFor(t);
  await zone(cloud);
  const path = ({ id }: DnsRecord) => `/v2/domains/example.com/records/${id}`;
  const web = { type: "A", name: "@", data: "192.0.2.1" };
  const first = (await add(cloud, web)).body.domain_record;
  const second = (await add(cloud, { ...web, ttl: 60 })).body.domain_record;
  assert.notEqual(first.id, second.id, "a second writer duplicates");
  assert.deepEqual(
    (await records(cloud, "type=A")).map(({ ttl }) => ttl),
    [60, 60],
  );

  const alias = (await add(cloud, { type: "CNAME", name: "www", data: "@" })).body.domain_record;
  assert.equal((await cloud.put(path(alias), { data: "cdn.example.net." })).status, 200);
  assert.equal((await cloud.patch(path(alias), { ttl: 300 })).status, 200);
  assert.equal((await cloud.put(path(alias), { ttl: 300 })).status, 422, "the host must be named again");
  assert.equal((await cloud.patch(path(alias), { type: "A" })).status, 422);
  assert.partialDeepStrictEqual((await records(cloud, "type=CNAME"))[0], {
    data: "cdn.example.net",
    ttl: 300,
  });

  const [soa] = await records(cloud, "type=SOA");
  assert.ok(soa);
  assert.equal((await cloud.delete(path(soa))).status, 422);
  assert.equal((await cloud.patch(path(soa), { ttl: 3600, data: "x" })).status, 200);
  assert.partialDeepStrictEqual((await records(cloud, "type=SOA"))[0], { ttl: 3600, data: "1800" });
  assert.equal((await cloud.delete(path(first))).status, 204);
  assert.equal((await cloud.get(path(first))).status, 404);
});

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 2, maxLength: 3 }).map((labels) => `${labels.join(".")}.`);
const word = fc.nat(65_535);
const anyRecord = fc.oneof(
  fc.record({ type: fc.constant("A"), name: label, data: fc.ipV4() }),
  fc.record({ type: fc.constant("AAAA"), name: label, data: fc.ipV6() }),
  fc.record({ type: fc.constant("MX"), name: label, data: host, priority: word }),
  fc.record({ type: fc.constant("NS"), name: label, data: host }),
  fc.record({
    type: fc.constant("SRV"),
    name: label.map((name) => `_${name}`),
    data: host,
    priority: word,
    weight: word,
    port: word,
  }),
  fc.record({
    type: fc.constant("CAA"),
    name: label,
    data: host,
    flags: fc.nat(255),
    tag: fc.constantFrom("issue", "issuewild"),
  }),
  fc.record({
    type: fc.constant("TXT"),
    name: label,
    data: fc
      .string({ minLength: 1, maxLength: 400, unit: "grapheme-ascii" })
      .filter((text) => !text.includes("\\") && JSON.stringify(text).length <= 500),
  }),
);

/** A line of a zone as a resolver reads it (RFC 1035, section 5). */
function parsed(line: string): unknown[] {
  const [, name = "", ttl, type = "", rest = ""] = /^(\S+)\. (\d+) IN (\w+) (.+)$/s.exec(line) ?? [];
  const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1"),
  );
  return [name, Number(ttl), type, ...(type === "TXT" ? [words.join("")] : words)];
}

test("a zone file says what the records say", async (t) => {
  const cloud = await cloudFor(t);
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 12 }), async (wishes) => {
      await cloud.post("/_local/reset");
      await zone(cloud);
      for (const wish of wishes) assert.equal((await add(cloud, wish)).status, 201, JSON.stringify(wish));
      const stored = (await records(cloud)).filter(({ type }) => type !== "SOA");
      const expected = stored.map(({ name, ttl, type, data, priority, weight, port, flags, tag }) => {
        const before = [priority, weight, port, flags, tag].filter((part) => part !== null).map(String);
        const isHost = ["MX", "NS", "SRV"].includes(type);
        return [
          name === "@" ? "example.com" : `${name}.example.com`,
          ttl,
          type,
          ...before,
          isHost ? `${data}.` : data,
        ];
      });
      const lines = (await zoneFile(cloud)).trimEnd().split("\n");
      assert.deepEqual(lines.slice(3).map(parsed), expected);
    }),
    { numRuns: 15 },
  );
});

test("ids of records are numbers that never come again, and the serial only grows", async (t) => {
  const cloud = await cloudFor(t);
  await zone(cloud);
  const seen = new Set<number>();
  const serial = async () => Number(/SOA \S+ \S+ (\d+)/.exec(await zoneFile(cloud))?.[1]);
  let last = await serial();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), async (adds) => {
      for (const isAdd of adds) {
        const [newest] = (await records(cloud, "type=A")).toReversed();
        if (isAdd || !newest) {
          const { id } = (await add(cloud, { type: "A", name: "x", data: "192.0.2.1" })).body.domain_record;
          assert.ok(Number.isInteger(id) && !seen.has(id));
          seen.add(id);
        } else await cloud.delete(`/v2/domains/example.com/records/${newest.id}`);
        const now = await serial();
        assert.ok(now > last);
        last = now;
      }
    }),
    { numRuns: 10 },
  );
});
