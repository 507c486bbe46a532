import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { engineFor } from "./policy/engine.ts";

/** A program that does what the pack's own scenes don't, on the real engine: first preview, so that most of it is unknown. */
describe("a program with transformations, aliases, providers, components, tags of its own, references and mixes", () => {
  const { preview } = engineFor(readFileSync(join(import.meta.dirname, "policy", "strange.js"), "utf8"));

  test("is told of all that is unsafe in it, of what can't be known, and of nothing else", async () => {
    const { code, findings, stdout } = await preview({ config: { "policies:environment": "other" } });
    assert.notEqual(code, 0);
    const stopping = findings.filter(({ kind, level }) => kind !== "violation" || level === "mandatory");
    assert.deepEqual(
      stopping.map(({ kind, rule, name, property }) => `${kind} ${rule} ${name} ${property}`.trim()).sort(),
      [
        "undecided database-firewall-narrow half-known rules[0].value",
        "undecided database-firewall-narrow mixed rules",
        "violation bucket-lifecycle made-safe lifecycleRules",
        "violation bucket-lifecycle made-unsafe lifecycleRules",
        "violation bucket-private made-unsafe acl",
        "violation database-firewall-narrow half-known rules[1].value",
        "violation droplet-backups in-apply-known backups",
        "violation droplet-backups kept backups",
        "violation droplet-firewalled in-apply-known",
        "violation load-balancer-https of-another-stack forwardingRules[0].entryProtocol",
        "violation load-balancer-private-network of-another-stack vpcUuid",
      ],
      stdout,
    );
  });
});
