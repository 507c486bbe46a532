import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudFor, KEYS, type Made } from "../testing.ts";

test("a key is found by its id and by its fingerprint, renamed, and gone under both", async (t) => {
  const cloud = await cloudFor(t);
  for (const [number, { public_key, fingerprint }] of KEYS.entries()) {
    const key = await cloud.make("/v2/account/keys", { name: `k${number}`, public_key });
    assert.deepEqual({ ...key, id: 0 }, { id: 0, name: `k${number}`, public_key, fingerprint });
    assert.equal(typeof key.id, "number");
    for (const name of [key.id, fingerprint])
      assert.deepEqual((await cloud.get(`/v2/account/keys/${name}`)).body, { ssh_key: key });
    const { body } = await cloud.put<{ ssh_key: Made }>(`/v2/account/keys/${fingerprint}`, { name: "new" });
    assert.deepEqual(body.ssh_key, { ...key, name: "new" });
    assert.equal((await cloud.delete(`/v2/account/keys/${fingerprint}`)).status, 204);
    assert.equal((await cloud.get(`/v2/account/keys/${key.id}`)).status, 404);
  }
});

test("what is no public key, and the same key twice, are refused", async (t) => {
  const cloud = await cloudFor(t);
  const [ed25519, rsa] = KEYS;
  await cloud.make("/v2/account/keys", { name: "k", public_key: ed25519?.public_key });
  const blob = rsa?.public_key.split(" ")[1] ?? "";
  for (const [body, says] of [
    [{ name: "again", public_key: `${ed25519?.public_key} other comment` }, /already in use/],
    [{ name: "x", public_key: "hello" }, /Key invalid/],
    [{ name: "x", public_key: "ssh-rsa not-base64!" }, /Key invalid/],
    [{ name: "x", public_key: `ssh-ed25519 ${blob}` }, /Key invalid/],
    [{ name: "x", public_key: "ssh-rsa AAAA" }, /Key invalid/],
    [{ public_key: rsa?.public_key }, /name is required/],
    [{ name: "", public_key: rsa?.public_key }, /name/],
  ] as const) {
    const { status, body: answer } = await cloud.post<{ message: string }>("/v2/account/keys", body);
    assert.equal(status, 422, JSON.stringify(body));
    assert.match(answer.message, says);
  }
});
