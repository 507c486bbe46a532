import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { types } from "../../policies/resources.ts";
import { engineFor } from "./policy/engine.ts";
import type { Scene } from "./policy/scenes.ts";

/** Levels and limits as Pulumi itself configures policies: `--policy-pack-config`, on the real engine. */
describe("a policy pack's configuration", () => {
  const { previewOf } = engineFor(readFileSync(join(import.meta.dirname, "policy", "main.js"), "utf8"));
  const scene: Scene = {
    record: {
      type: types.dnsRecord,
      inputs: { domain: "example.com", type: "A", name: "www", value: "203.0.113.7", ttl: 7200 },
    },
  };
  /** A balancer that breaks mandatory rules, one of which can mend it. */
  const balancer: Scene = {
    balancer: {
      type: types.loadBalancer,
      inputs: {
        name: "balancer",
        region: "fra1",
        forwardingRules: [
          {
            entryPort: 443,
            entryProtocol: "https",
            targetPort: 80,
            targetProtocol: "http",
            certificateName: "site",
          },
        ],
      },
    },
  };
  const told = async (resources: Scene, packConfig: object) => {
    const { code, findings, stdout, stderr, events } = await previewOf(resources, {}, { packConfig });
    const lines = findings.map(({ rule, level }) => `${level} ${rule}`);
    const problems = findings.filter(({ rule }) => rule === "settings-valid");
    return { code, lines, problems, events, output: stdout + stderr };
  };

  test("raises a level, which then stops the preview", async () => {
    const { code, lines } = await told(scene, { "dns-ttl": "mandatory" });
    assert.deepEqual([code === 0, lines], [false, ["mandatory dns-ttl"]]);
  });

  test("sets a limit of one rule, and switches an advisory rule off", async () => {
    const wider = await told(scene, { "dns-ttl": { dnsTtl: 86_400 } });
    assert.deepEqual([wider.code, wider.lines], [0, []], wider.output);
    const off = await told(scene, { all: "mandatory", "dns-ttl": "disabled" });
    assert.deepEqual([off.code, off.lines], [0, []], off.output);
  });

  test("lets a rule mend what it finds", async () => {
    const { lines, events } = await told(balancer, { "load-balancer-ciphers": "remediate" });
    assert.match(events, /"policyRemediationEvent".*load-balancer-ciphers/);
    assert.ok(!lines.includes("mandatory load-balancer-ciphers"));
  });

  test("that would silence mandatory rules is refused in one line, and silences none", async () => {
    const { code, lines, problems } = await told(balancer, { all: "disabled" });
    assert.notEqual(code, 0);
    for (const rule of ["load-balancer-ciphers", "load-balancer-nodes", "load-balancer-private-network"])
      assert.ok(lines.includes(`mandatory ${rule}`), rule);
    assert.deepEqual(
      problems.map(({ property }) => property),
      ["policy-pack-config"],
    );
    assert.match(
      problems[0]?.wrong ?? "",
      /it lowers rules-of-resources, .* and \d+ more: that takes an exc/,
    );
    assert.match(problems[0]?.fix ?? "", /the file of `--policy-pack-config`/);
  });

  test("with a limit out of bounds is refused by the engine in one line", async () => {
    const { code, output } = await told(scene, { "dns-ttl": { dnsTtl: 1 } });
    assert.notEqual(code, 0);
    assert.match(
      output,
      /error: validating policy config: breakwater \S+ +dns-ttl: dnsTtl: Must be greater than or equal to 30/,
    );
  });
});
