import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { Authority, makeAuthority } from "../certificates.ts";
import { type Client, cloudFor } from "../testing.ts";

interface Certificate {
  id: string;
  name: string;
  state: string;
  dns_names: string[];
  sha1_fingerprint: string;
  not_after: string;
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const authority = new Authority(makeAuthority("Test CA"), "Test CA");
const { certificate: leaf, key } = authority.issueServer(
  ["shop.example.com", "*.shop.example.com"],
  inDays(30),
);
const upload = { name: "own", type: "custom", private_key: key, leaf_certificate: leaf };
const request = { name: "le", type: "lets_encrypt", dns_names: ["example.com", "*.example.com"] };

/** The certificate once it is no longer pending: that takes a millisecond at least. */
async function settled(cloud: Client, id: string): Promise<Certificate> {
  for (;;) {
    const { certificate } = (await cloud.get<{ certificate: Certificate }>(`/v2/certificates/${id}`)).body;
    if (certificate.state !== "pending") return certificate;
  }
}

test("an uploaded certificate shows what it says", async (t) => {
  const cloud = await cloudFor(t);
  const parsed = new X509Certificate(leaf);
  const made = await cloud.make<Certificate>("/v2/certificates", {
    ...upload,
    certificate_chain: authority.certificate,
  });
  assert.partialDeepStrictEqual(made, {
    state: "verified",
    dns_names: ["shop.example.com", "*.shop.example.com"],
    sha1_fingerprint: parsed.fingerprint.replaceAll(":", "").toLowerCase(),
  });
  assert.equal(Date.parse(made.not_after), parsed.validToDate.getTime());
  assert.ok(!JSON.stringify(made).includes("PRIVATE KEY"));

  const list = await cloud.get<{ certificates: Certificate[] }>("/v2/certificates?name=own");
  assert.deepEqual(
    list.body.certificates.map(({ id }) => id),
    [made.id],
  );
  assert.partialDeepStrictEqual((await cloud.get("/v2/certificates?name=other")).body, { certificates: [] });
});

test("what does not fit together is refused, with the reason", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/certificates", upload);
  const pem = (type: "rsa" | "ed25519", bits = 2048) => {
    const pair =
      type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: bits }) : generateKeyPairSync("ed25519");
    return String(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  };
  const other = authority.issueServer(["a.example.com"], inDays(1));
  const ended = authority.issueServer(["a.example.com"], inDays(-1));
  for (const [body, says] of [
    [upload, /name already in use/],
    [{ ...upload, name: "a", private_key: other.key }, /does not match/],
    [{ ...upload, name: "a", private_key: pem("rsa", 1024) }, /2048 bits/],
    [{ ...upload, name: "a", private_key: pem("ed25519") }, /2048 bits/],
    [{ ...upload, name: "a", private_key: "no key" }, /private key/],
    [{ ...upload, name: "a", leaf_certificate: "nothing" }, /leaf certificate/],
    [{ ...upload, name: "a", certificate_chain: "nothing" }, /chain/],
    [{ ...upload, name: "a", leaf_certificate: ended.certificate, private_key: ended.key }, /expired/],
    [{ name: "a", leaf_certificate: leaf }, /private_key is required/],
    [{ ...request, dns_names: [] }, /dns_names/],
    [{ ...request, dns_names: ["*.*.example.com"] }, /must be a host name/],
    [request, /not managed/],
  ] as const) {
    const answer = await cloud.post<{ message: string }>("/v2/certificates", body);
    assert.equal(answer.status, 422, JSON.stringify(says));
    assert.match(answer.body.message, says);
  }
});

test("Let's Encrypt issues for the zones of the account, and renews under another id", async (t) => {
  const cloud = await cloudFor(t, { timeScale: 0.02 });
  await cloud.make("/v2/domains", { name: "example.com" });
  const made = await cloud.make<Certificate>("/v2/certificates", request);
  assert.equal(made.state, "pending");
  const issued = await settled(cloud, made.id);
  assert.partialDeepStrictEqual(issued, { state: "verified", dns_names: request.dns_names });
  const days = (Date.parse(issued.not_after) - Date.now()) / 86_400_000;
  assert.ok(days > 88 && days <= 90);

  const renewed = await cloud.make<Certificate>("/_local/certificates/le/renew", {});
  assert.partialDeepStrictEqual(renewed, { name: "le", state: "verified" });
  assert.notEqual(renewed.id, made.id);
  assert.notEqual(renewed.sha1_fingerprint, issued.sha1_fingerprint);
  assert.equal((await cloud.get(`/v2/certificates/${made.id}`)).status, 404);
  assert.equal((await cloud.post("/_local/certificates/none/renew")).status, 404);
});

test("CAA decides whether Let's Encrypt may issue: the closest name that has any", async (t) => {
  const cloud = await cloudFor(t);
  await cloud.make("/v2/domains", { name: "example.com" });
  let number = 0;
  const outcome = async (dns_name: string) => {
    const made = await cloud.make("/v2/certificates", {
      name: `c${number++}`,
      type: "lets_encrypt",
      dns_names: [dns_name],
    });
    return (await settled(cloud, made.id)).state;
  };
  const allow = (name: string, data: string, tag = "issue") =>
    cloud.make("/v2/domains/example.com/records", { type: "CAA", name, data, tag, flags: 0 });

  assert.equal(await outcome("a.example.com"), "verified");
  await allow("@", "digicert.com.");
  assert.equal(await outcome("a.example.com"), "error");
  await allow("a", "letsencrypt.org.");
  assert.equal(await outcome("b.a.example.com"), "verified");
  assert.equal(await outcome("*.a.example.com"), "verified");
  await allow("a", "digicert.com.", "issuewild");
  assert.equal(await outcome("*.a.example.com"), "error");
  assert.equal(await outcome("a.example.com"), "verified");
});
