import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loopbackEndpoint } from "./endpoint.ts";

test("this machine's addresses pass, however they are spelled", () => {
  for (const text of [
    "http://127.0.0.1:7480",
    "http://localhost:1",
    "http://[::1]:2",
    "https://127.9.8.7",
    "http://2130706433/",
    "http://0x7f.1/",
  ]) {
    assert.doesNotThrow(() => loopbackEndpoint(text), text);
  }
});

test("nothing else does", () => {
  for (const text of [
    "https://api.digitalocean.com",
    "http://127.0.0.1.evil.invalid",
    "http://localhost.evil.invalid",
    "http://evil.invalid#127.0.0.1",
    "http://127.0.0.1@evil.invalid",
    "http://evil@127.0.0.1",
    "http://[::ffff:8.8.8.8]",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "ftp://127.0.0.1",
    "127.0.0.1:7480",
    "",
  ]) {
    assert.throws(() => loopbackEndpoint(text), /refuses the endpoint/, text);
  }
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
      assert.throws(() => loopbackEndpoint(url), /refuses the endpoint/);
    }),
  );
});

test("a refusal shows no password", () => {
  assert.throws(
    () => loopbackEndpoint("http://user:hidden-4711@evil.invalid"),
    (error: Error) => !error.message.includes("hidden-4711"),
  );
});
