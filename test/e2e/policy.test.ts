import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";

/** `npm run policy` as a user and a workflow run it. */
describe("npm run policy", () => {
  let it: Checkout;
  const policy = (...args: string[]) => it.npm("run", "--silent", "policy", "--", ...args);
  before(async () => {
    it = await checkout();
    mkdirSync(join(it.root, "out"));
  });
  after(() => it.remove());
  const out = (name: string) => join(it.root, "out", name);

  test("passes each stack of this repository, without an exception", async () => {
    for (const stack of ["local", "staging", "prod"]) {
      const { code, stdout, output } = await policy("--stack", stack, "--format", "json");
      assert.equal(code, 0, output);
      const { passed, findings } = JSON.parse(stdout);
      assert.equal(passed, true);
      assert.deepEqual(
        findings.filter(({ kind }: { kind: string }) => kind !== "violation"),
        [],
        output,
      );
    }
  });

  /** Secrets of nobody, in the places where a program may have one. */
  const canaries = { password: "canary-Hunter2-of-nobody", token: `dop_v1_${"c0ffee00".repeat(8)}` };
  const urn = (type: string, name: string) => `urn:pulumi:prod::program::${type}::${name}`;
  const app = "digitalocean:index/app:App";
  const inputs = {
    spec: {
      name: "api",
      services: [
        {
          name: "api",
          envs: [
            {
              key: "DATABASE_URL",
              value: `postgres://api:${canaries.password}@db/x?sslmode=disable`,
              type: "GENERAL",
            },
            { key: canaries.token, value: canaries.token },
          ],
        },
      ],
    },
  };
  const resource = { urn: urn(app, "api"), custom: true, type: app, inputs, outputs: inputs };

  for (const [kind, saved] of Object.entries({
    state: { version: 3, deployment: { manifest: {}, resources: [{ ...resource, id: "1" }] } },
    "saved preview": { steps: [{ op: "create", urn: resource.urn, newState: resource }] },
  }))
    test(`judges a ${kind}, and quotes no secret in any form`, async () => {
      writeFileSync(out("saved.json"), JSON.stringify(saved));
      const files = ["report.sarif", "report.md", "report.json", "report.txt"];
      const outs = files.flatMap((file) => ["--out", out(file)]);
      const { code, stdout, output } = await policy("--stack", "prod", "--file", out("saved.json"), ...outs);
      assert.equal(code, 1, output);
      for (const rule of ["credentials-in-clear", "app-variable-encrypted", "database-uri-tls"])
        assert.match(stdout, new RegExp(rule));
      for (const text of [output, ...files.map((file) => readFileSync(out(file), "utf8"))]) {
        assert.match(text, /app-variable-encrypted/);
        for (const canary of Object.values(canaries))
          assert.ok(!text.includes(canary), `${canary} is in the report`);
      }
    });

  test("fails for what a saved preview leaves open, with no violation beside it", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"; // of the engine's, for a text
    const firewall = "digitalocean:index/databaseFirewall:DatabaseFirewall";
    const inputs = { clusterId: unknown, rules: [{ type: "ip_addr", value: unknown }] };
    const newState = { urn: urn(firewall, "trusted"), custom: true, type: firewall, inputs, outputs: inputs };
    writeFileSync(
      out("open.json"),
      JSON.stringify({ steps: [{ op: "create", urn: newState.urn, newState }] }),
    );
    const { code, stdout, output } = await policy("--stack", "prod", "--file", out("open.json"));
    assert.equal(code, 1, output);
    assert.match(stdout, /^Undecided:\n {2}database-firewall-narrow .*\n {4}rules\[0\]\.value: only the/m);
    assert.match(stdout, /^Stopped: 0 violations, 1 undecided,/m);
  });

  test("says in one line what it can't use", async () => {
    writeFileSync(out("no.json"), "{");
    const wrong: [args: string[], says: RegExp][] = [
      [["--stack", "mars"], /there is no Pulumi\.mars\.yaml/],
      [["--format", "xml"], /--format is "xml"; allowed: table, markdown, json, sarif/],
      [["--file", out("gone.json")], /there is no such file/],
      [["--file", out("no.json")], /is no JSON/],
      [["--live", "--file", out("no.json")], /exclude each other/],
      [["--nonsense"], /does not know --nonsense/],
    ];
    for (const [args, says] of wrong) {
      const { code, stderr } = await policy(...args);
      assert.equal(code, 1);
      assert.match(stderr.trim().split("\n").at(-1) ?? "", says);
    }
  });
});
