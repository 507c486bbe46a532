import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "../settings.ts";
import { readStackFile } from "./stack-file.ts";

test("what is encrypted is found wherever it is, and a placeholder of the right form stands for it", () => {
  const { raw, encrypted, others } = readStackFile(`
secretsprovider: awskms://alias/nobody
encryptedkey: AQICAHh
config:
  breakwater:environment: prod
  breakwater:app:
    image: { repository: product-api, tag: v1 }
    alerts: { slackChannel: "#ops" }
  breakwater:slackWebhook: { secure: AAAB }
  breakwater:secretEnv:
    MAIL_API_KEY: { secure: AAAB }
    IN_CLEAR: oops
  digitalocean:token: { secure: AAAB }
  digitalocean:requestsPerSecond: 4
`);
  assert.deepEqual(encrypted, ["slackWebhook", "secretEnv.MAIL_API_KEY"]);
  assert.deepEqual(others, { "digitalocean:requestsPerSecond": 4 });
  const { problems } = parse(raw);
  assert.deepEqual(
    problems?.map(({ path }) => path),
    ["breakwater:secretEnv.IN_CLEAR"],
  );
});

test("a setting that is encrypted as a whole has a placeholder that its type takes", () => {
  const { raw } = readStackFile(
    "config: { breakwater:environment: local, breakwater:secretEnv: { secure: AAAB } }",
  );
  assert.deepEqual(parse({ ...raw, apiEndpoint: "http://127.0.0.1:7480" }).problems, undefined);
});

test("scalars arrive as from the engine: text stays text, and numbers are numbers", () => {
  const { raw } = readStackFile(
    "config: { breakwater:region: fra1, breakwater:budget: 100, breakwater:rehearsal: true }",
  );
  assert.deepEqual(raw.config, { region: "fra1", budget: 100, rehearsal: true });
});

test("settings from Pulumi ESC are told", () => {
  assert.equal(readStackFile("environment: [team/prod]\nconfig: {}").fromEnvironments, true);
  assert.equal(readStackFile("config:").fromEnvironments, false);
});

test("an alias that nothing defines is told in one line", () => {
  assert.throws(() => readStackFile("config: *nothing"), /^Error: it is no YAML: [^\n]+$/);
});

test("any text is a stack file, or is refused in one line", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        assert.equal(typeof readStackFile(text).raw.config, "object");
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^it (is no YAML: [^\n]+|has no settings under config:)$/);
      }
    }),
    { numRuns: 500 },
  );
});
