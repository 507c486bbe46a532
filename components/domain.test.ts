import assert from "node:assert/strict";
import { test } from "node:test";
import { Domain, type DomainArgs } from "./domain.ts";
import { record, resolved } from "./testing.ts";

const make = (args: Partial<DomainArgs> = {}) =>
  record(() => new Domain("domain", { zone: "example.com", ...args }));
const types = (resources: { type: string; name: string }[]) =>
  resources
    .slice(1)
    .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
    .sort();

test("a zone of its own says which authority may issue, and that nobody sends mail from it", async () => {
  const { resources, named, result } = await make();
  assert.deepEqual(types(resources), [
    "DnsRecord domain-caa-letsencrypt-org",
    "DnsRecord domain-dkim",
    "DnsRecord domain-dmarc",
    "DnsRecord domain-spf",
    "Domain domain-zone",
  ]);
  const zone = named("domain-zone");
  assert.deepEqual(zone.inputs, { name: "example.com" });
  assert.deepEqual([zone.protect, zone.retainOnDelete, zone.deleteBeforeReplace], [true, true, false]);
  assert.deepEqual(named("domain-caa-letsencrypt-org").inputs, {
    domain: "example.com",
    type: "CAA",
    name: "@",
    value: "letsencrypt.org.",
    flags: 0,
    tag: "issue",
  });
  assert.deepEqual(named("domain-spf").inputs, {
    domain: "example.com",
    type: "TXT",
    name: "@",
    value: "v=spf1 -all",
  });
  const dmarc = named("domain-dmarc").inputs;
  assert.equal(dmarc.name, "_dmarc");
  assert.equal(named("domain-dkim").inputs.name, "*._domainkey");
  assert.match(String(dmarc.value), /^v=DMARC1; p=reject; sp=reject;/);
  assert.equal((await resolved(result.zone)).value, "example.com");
  assert.equal(result.host, "example.com");
});

test("a certificate comes after the records that allow it, has no fixed name, and is there before its predecessor goes", async () => {
  const { named, result } = await make({ certificates: { product: ["www.example.com"] } });
  const certificate = named("domain-certificate-product");
  assert.deepEqual(certificate.inputs, { type: "lets_encrypt", domains: ["www.example.com"] });
  assert.equal(certificate.deleteBeforeReplace, false);
  assert.equal(certificate.timeouts.create, "60m");
  for (const before of ["domain-zone", "domain-caa-letsencrypt-org"])
    assert.ok(certificate.dependencies.includes(before), before);
  assert.equal((await resolved(result.certificate("product"))).value, "domain-certificate-product-abc1234");
  assert.throws(() => result.certificate("other"), /no certificate other: there is product/);
});

test("the host's address has one record, in a zone that others have", async () => {
  const { resources, named } = await record(() => {
    const domain = new Domain("domain", {
      zone: "example.com",
      ownership: "existing",
      host: "api.staging.example.com",
      authorities: [],
      mail: { mode: "elsewhere" },
    });
    domain.pointTo("203.0.113.80");
    return domain;
  });
  assert.deepEqual(types(resources), ["DnsRecord domain-host"]);
  assert.deepEqual(named("domain-host").inputs, {
    domain: "example.com",
    type: "A",
    name: "api.staging",
    value: "203.0.113.80",
    ttl: 300,
  });
});

test("mail records are those given", async () => {
  const { resources, named } = await make({
    authorities: ["letsencrypt.org", "pki.goog"],
    mail: {
      mode: "records",
      mx: [{ host: "mx1.mail.example", priority: 10 }],
      spf: "v=spf1 include:mail.example -all",
      dmarc: "v=DMARC1; p=quarantine",
    },
  });
  assert.deepEqual(types(resources), [
    "DnsRecord domain-caa-letsencrypt-org",
    "DnsRecord domain-caa-pki-goog",
    "DnsRecord domain-dmarc",
    "DnsRecord domain-mx-mx1-mail-example",
    "DnsRecord domain-spf",
    "Domain domain-zone",
  ]);
  assert.equal(named("domain-spf").inputs.value, "v=spf1 include:mail.example -all");
  const mx = named("domain-mx-mx1-mail-example").inputs;
  assert.deepEqual([mx.type, mx.value, mx.priority], ["MX", "mx1.mail.example.", 10]);
});

test("a zone can be taken over", async () => {
  const { named } = await make({ import: "example.com" });
  assert.equal(named("domain-zone").importId, "example.com");
});

test("what can't be right is refused at once, before anything is made", async () => {
  const wrong: [Partial<DomainArgs>, RegExp][] = [
    [{ zone: "Example" }, /zone Example must be/],
    [{ host: "example.org" }, /host example.org must be example.com or inside it/],
    [{ host: "badexample.com" }, /inside it/],
    [{ certificates: { other: ["example.org"] } }, /certificate for example.org/],
    [{ import: "example.com", ownership: "existing" }, /import can't go together/],
    [{ import: "other.com" }, /must be the zone's own name/],
    [{ authorities: ["Let's Encrypt"] }, /authority/],
    [{ mail: { mode: "records", spf: "all", dmarc: "v=DMARC1; p=none" } }, /mail.spf/],
    [{ mail: { mode: "records", spf: "v=spf1 -all", dmarc: "none" } }, /mail.dmarc/],
  ];
  for (const [args, message] of wrong) {
    const { resources } = await record(() =>
      assert.throws(() => new Domain("domain", { zone: "example.com", ...args }), message),
    );
    assert.deepEqual(resources, []);
  }
});
