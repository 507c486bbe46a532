import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { rules } from "../rules/index.ts";
import { findingsOf, stops } from "./findings.ts";
import { formats, type PolicyReport, verdict } from "./report.ts";

const urn = (type: string, name: string) => `urn:pulumi:prod::program::${type}::${name}`;
const cluster = urn("a:b:C$digitalocean:index/databaseCluster:DatabaseCluster", "db<script>");
const event = (policyName: string, message: string, more: object = {}) => ({
  sequence: 1,
  policyEvent: {
    resourceUrn: cluster,
    message,
    policyName,
    enforcementLevel: "mandatory",
    severity: "high",
    ...more,
  },
});

const events = [
  event(
    "database-standby",
    "<{%reset%}>A cluster.\nnodeCount: 1 node, and nothing stands by. To fix: raise it.<{%reset%}>\n",
  ),
  event(
    "database-standby",
    "<{%reset%}>A cluster.\nnodeCount: 1 node, and nothing stands by. To fix: raise it.<{%reset%}>\n",
  ),
  event("resource-tagged", "What.\ntags: it has no tag. To fix: add | one.", {
    enforcementLevel: "advisory",
    severity: "low",
  }),
  event(
    "database-firewall-narrow",
    "can't run policy 'x' during preview: only the deployment will tell rules[0].value",
    { enforcementLevel: "advisory" },
  ),
  event(
    "exceptions-listed",
    "Listed.\nan exception from x holds until 2026-12-31 (ops): why. To fix: keep x.",
    { enforcementLevel: "advisory", severity: "low" },
  ),
  event(
    "stateful-protected",
    "What.\nthe rule itself failed (TypeError), so nothing is known about this resource. To fix: report this.",
  ),
  event("of-another-pack", "Something is odd", { enforcementLevel: "advisory", severity: "" }),
  {
    resourcePreEvent: {
      metadata: { op: "replace", type: "digitalocean:index/databaseCluster:DatabaseCluster", urn: cluster },
    },
  },
  {
    resourcePreEvent: {
      metadata: { op: "update", type: "digitalocean:index/databaseCluster:DatabaseCluster", urn: cluster },
    },
  },
  { diagnosticEvent: { message: "not a policy" } },
  null,
];
const findings = findingsOf(events, rules);
const report: PolicyReport = {
  stack: "prod",
  source: "preview",
  file: "Pulumi.prod.yaml",
  pack: { name: "@breakwater/policies", version: "0.1.0" },
  rules,
  findings,
  notes: ["A note."],
};

describe("findings", () => {
  test("are what the engine tells, once each, what stops first", () => {
    assert.deepEqual(
      findings.map(({ kind, rule }) => `${kind} ${rule}`),
      [
        "violation stateful-kept",
        "undecided database-firewall-narrow",
        "violation database-standby",
        "failed stateful-protected",
        "violation of-another-pack",
        "excepted exceptions-listed",
        "violation resource-tagged",
      ],
    );
    assert.deepEqual(findings.filter(stops).length, 4);
  });

  test("have property, fix, and what the rule answers", () => {
    const standby = findings.find(({ rule }) => rule === "database-standby");
    assert.deepEqual(
      [standby?.property, standby?.wrong, standby?.fix],
      ["nodeCount", "1 node, and nothing stands by", "raise it."],
    );
    assert.deepEqual(
      [standby?.type, standby?.name],
      ["digitalocean:index/databaseCluster:DatabaseCluster", "db<script>"],
    );
    const open = findings.find(({ kind }) => kind === "undecided");
    assert.deepEqual([open?.property, open?.level], ["rules[0].value", "mandatory"]);
    assert.ok(open?.references.includes("db-firewall-configured"));
  });
});

describe("a report", () => {
  test("ends with a verdict", () => {
    assert.equal(
      verdict(report),
      `Stopped: 2 violations, 1 undecided, 1 rules failed, 2 advisories, 1 exceptions; ${rules.length} rules.`,
    );
    assert.match(
      verdict({ ...report, findings: findings.filter((each) => !stops(each)) }),
      /^Passed: 0 violations/,
    );
  });

  test("as JSON has every finding", () => {
    const data = JSON.parse(formats.json(report));
    assert.deepEqual(
      [data.passed, data.stack, data.findings.length, data.notes],
      [false, "prod", 7, ["A note."]],
    );
  });

  test("as Markdown has a table for each kind, and no markup of anybody's", () => {
    const page = formats.markdown(report);
    for (const title of ["Violations", "Rules that failed", "Undecided", "Advisories", "Exceptions"])
      assert.match(page, new RegExp(`^## ${title}$`, "m"));
    assert.doesNotMatch(page, /(?<!\\)<script/);
    for (const row of page.split("\n").filter((line) => line.startsWith("| ")))
      assert.equal(row.split(/(?<!\\)\|/).length, 9, row);
  });

  test("as text names rule, resource, property and fix", () => {
    assert.match(
      formats.table(report),
      /database-standby \(high\): DatabaseCluster db<script>\n {4}nodeCount: 1 node, .*\n {4}To fix: raise it\./,
    );
  });
});

describe("SARIF", () => {
  const log = JSON.parse(formats.sarif(report));
  const [run] = log.runs;

  test("describes every rule that a result names", () => {
    assert.equal(log.version, "2.1.0");
    for (const { ruleId, ruleIndex } of run.results)
      assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
    assert.equal(run.results.length, findings.length);
  });

  test("has levels, places and steady fingerprints that code hosts need", () => {
    const levels = run.results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level]);
    assert.deepEqual(Object.fromEntries(levels), {
      "stateful-kept": "error",
      "database-firewall-narrow": "error",
      "database-standby": "error",
      "stateful-protected": "error",
      "of-another-pack": "warning",
      "exceptions-listed": "note",
      "resource-tagged": "warning",
    });
    const again = JSON.parse(
      formats.sarif({ ...report, findings: findings.map((each) => ({ ...each, wrong: "in other words" })) }),
    );
    for (const [index, result] of run.results.entries()) {
      assert.equal(result.locations[0].physicalLocation.artifactLocation.uri, "Pulumi.prod.yaml");
      assert.deepEqual(again.runs[0].results[index].partialFingerprints, result.partialFingerprints);
    }
  });

  test("keeps within what GitHub takes: results, texts, tags, places, a severity beside the tag that asks for one", () => {
    const [one = assert.fail()] = findings;
    const many = Array.from({ length: 25_003 }, (_, index) => ({ ...one, urn: `${one.urn}${index}` }));
    const [{ results, invocations, tool }] = JSON.parse(
      formats.sarif({ ...report, findings: [{ ...one, wrong: "x".repeat(5000) }, ...many] }),
    ).runs;
    assert.equal(results.length, 25_000);
    assert.match(JSON.stringify(invocations), /4 more findings are left out/);
    const prints = results.map(
      (result: { partialFingerprints: { primaryLocationLineHash: string } }) =>
        result.partialFingerprints.primaryLocationLineHash,
    );
    assert.equal(new Set(prints).size, results.length, "two findings would be shown as one");
    for (const { message, locations, level } of results.slice(0, 10)) {
      assert.ok(message.text.length <= 1024);
      assert.equal(locations.length, 1);
      assert.ok(["error", "warning", "note"].includes(level));
      assert.doesNotMatch(locations[0].physicalLocation.artifactLocation.uri, /^\/|^\w+:/);
    }
    for (const { shortDescription, fullDescription, help, properties } of [
      ...tool.driver.rules,
      ...run.tool.driver.rules,
    ]) {
      for (const { text } of [shortDescription, fullDescription, help])
        assert.ok(text.length > 0 && text.length <= 1024);
      if (!properties) continue; // of a rule that is not the pack's
      assert.ok(properties.tags.length <= 20 && properties.tags.includes("security"));
      const score = Number(properties["security-severity"]);
      assert.ok(score > 0 && score <= 10);
    }
  });

  const schema = published();
  test("is valid against its schema", {
    skip: schema ? false : "the schema is not here (@microsoft/jest-sarif, or SARIF_SCHEMA)",
  }, () => {
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    addFormats.default(ajv);
    // Draft 4 in all but the name of its own schema.
    const draft4 = Object.fromEntries(
      Object.entries(schema ?? {}).filter(([key]) => key !== "$schema" && key !== "id"),
    );
    const validate = ajv.compile(draft4);
    assert.ok(validate(log), JSON.stringify(validate.errors, null, 1));
    assert.ok(validate(JSON.parse(formats.sarif({ ...report, findings: [], notes: [] }))));
    assert.equal(validate({ ...JSON.parse(formats.sarif(report)), version: "2" }), false);
  });
});

/** The schema as it is published; undefined where nobody has brought it. */
function published(): { $schema: string; id: string } | undefined {
  try {
    const own = process.env.SARIF_SCHEMA;
    const file =
      own ??
      createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
