import assert from "node:assert/strict";
import { test } from "node:test";
import { Secrets } from "./secrets.ts";
import { record, resolved } from "./testing.ts";

test("each secret is generated once for its generation, and stays secret", async () => {
  const { named, result } = await record(
    () =>
      new Secrets("secrets", {
        generate: {
          SECRET_KEY: { generation: 2 },
          OTHER: { generation: 1, length: 32 },
          SIGNING: { generation: 2, keepPrevious: true },
        },
      }),
  );
  assert.deepEqual(named("secrets-secret-key-2").inputs, {
    length: 64,
    special: false,
    keepers: { generation: "2" },
  });
  assert.equal(named("secrets-other").inputs.length, 32);
  assert.deepEqual(Object.keys(result.values), ["SECRET_KEY", "OTHER", "SIGNING", "SIGNING_PREVIOUS"]);
  const previous = result.values.SIGNING_PREVIOUS;
  assert.ok(previous);
  assert.deepEqual(await resolved(previous), { value: "result of secrets-signing", secret: true });
  const key = result.values.SECRET_KEY;
  assert.ok(key);
  assert.deepEqual(await resolved(key), { value: "result of secrets-secret-key-2", secret: true });
  assert.doesNotMatch(JSON.stringify(named("secrets").inputs), /result of/);
});

test("a transform reaches each secret", async () => {
  const { named } = await record(
    () =>
      new Secrets("secrets", {
        generate: { A: { generation: 1 } },
        transform: { password: { special: true } },
      }),
  );
  assert.equal(named("secrets-a").inputs.special, true);
});

test("generations and lengths out of range are refused before anything is created", async () => {
  const { resources } = await record(() =>
    assert.throws(
      () => new Secrets("secrets", { generate: { A: { generation: 0 }, B: { generation: 1, length: 8 } } }),
      /A\.generation must be 1 or more\nsecrets: B\.length must be 32 to 256/,
    ),
  );
  assert.deepEqual(resources, []);
  await record(() =>
    assert.throws(
      () => new Secrets("secrets", { generate: { TOKEN: { generation: 1 }, Token: { generation: 1 } } }),
      /TOKEN must differ from every other secret in more than its capitals\nsecrets: Token must/,
    ),
  );
});
