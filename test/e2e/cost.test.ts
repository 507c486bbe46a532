import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

interface CostData {
  total: { usd: number; atMostUsd: number; unpriced: string[] };
  withinBudget?: boolean;
  lines: {
    component: string;
    what: string;
    unitUsd: number | null;
    source: { name: string; date: string } | null;
  }[];
  comparedWith?: { total: { usd: number }; changes: { what: string; beforeUsd: number; nowUsd: number }[] };
}

describe("npm run cost", () => {
  let it: Checkout;
  const cost = (...args: string[]) => it.npm("run", "--silent", "cost", "--", ...args);
  async function data(...args: string[]): Promise<CostData> {
    const { code, stdout, output } = await cost(...args, "--format", "json");
    assert.equal(code, 0, output);
    return JSON.parse(stdout);
  }

  before(async () => {
    it = await checkout();
    // Encrypted by somebody else's key service: no one here could read it.
    change(it.root, ["secretEnv", "MAIL_API_KEY"], { secure: "AAABAO1v8Vw=" }, "prod");
    change(it.root, ["slackWebhook"], { secure: "AAABAMm0ZXN0" }, "prod");
    change(it.root, ["app", "alerts"], { slackChannel: "#ops" }, "prod");
  });
  after(() => it.remove());

  test("the price of every stack, line by line with its source, without token, engine or cloud", async () => {
    for (const stack of ["local", "staging", "prod"]) {
      const { total, lines } = await data("--stack", stack);
      assert.ok(total.usd > 0 && total.atMostUsd >= total.usd);
      assert.ok(lines.some(({ component }) => component === "postgres"));
      for (const { what, unitUsd, source } of lines) {
        assert.equal(unitUsd === null, source === null, what);
        if (unitUsd === null) assert.ok(total.unpriced.includes(what), what);
      }
      const { code, stdout } = await cost("--stack", stack);
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Stack ${stack}: ${total.usd.toFixed(2)} USD a month`), stdout);
      assert.match(stdout, /^Prices \(table of 20\d\d-\d\d-\d\d\):$/m);
    }
    assert.ok(!existsSync(it.home), "the local cloud was started, or something installed");
  });

  test("a change of settings is compared with a git ref, a stack file and an earlier report", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.invalid", ...args], { cwd: it.root });
    git("init", "--quiet", "--initial-branch=main");
    git("add", "Pulumi.prod.yaml");
    git("commit", "--quiet", "--message=before");
    const report = join(it.root, "before.json");
    const before = await data("--stack", "prod", "--out", report);
    assert.deepEqual(JSON.parse(readFileSync(report, "utf8")), before);
    change(it.root, ["postgres", "nodeCount"], 3, "prod");
    for (const ref of ["main", report]) {
      const { total, comparedWith } = await data("--stack", "prod", "--compare", ref);
      assert.equal(comparedWith?.total.usd, before.total.usd);
      assert.deepEqual(
        comparedWith?.changes.map(({ what, beforeUsd, nowUsd }) => [what, beforeUsd, nowUsd]),
        [["PostgreSQL node db-s-2vcpu-4gb", 121.8, 182.7]],
      );
      assert.equal((total.usd - before.total.usd).toFixed(2), "60.90");
    }
    const page = await cost("--stack", "prod", "--compare", "Pulumi.staging.yaml", "--format", "markdown");
    assert.match(page.stdout, /^## Change since Pulumi\.staging\.yaml$/m);
    assert.match(page.stdout, /^\| total \| {2}\| [\d.]+ \| [\d.]+ \| \+[\d.]+ \|$/m);
  });

  test("over its budget, a stack is refused with the dearest lines, and its price is told all the same", async () => {
    change(it.root, ["budget"], 10);
    const { code, output } = await it.pulumi("preview");
    assert.notEqual(code, 0);
    assert.match(output, /breakwater:budget: 10 must be at least [\d.]+, .*dearest: \w+ [\d.]+ \(1 x /);
    const { total, withinBudget } = await data("--stack", "local");
    assert.ok(total.usd > 10);
    assert.equal(withinBudget, false);
    assert.match((await cost("--stack", "local")).stdout, /^Over the budget of 10\.00 by [\d.]+/m);
  });

  for (const [what, args, message] of [
    [
      "a stack without a file",
      ["--stack", "nowhere"],
      /there is no Pulumi\.nowhere\.yaml; .*local, prod, staging/,
    ],
    ["a ref that is none", ["--compare", "nowhere"], /neither such a file nor such a git ref/],
    ["a form that is none", ["--format", "pdf"], /--format is "pdf"; allowed: table, json, markdown/],
    [
      "a file of no form",
      ["--out", "cost.pdf"],
      /--out is "cost\.pdf": its name must end in \.json, \.md, \.txt/,
    ],
    ["an option without its value", ["--compare"], /--compare has the wrong kind of value, or none/],
  ] as const)
    test(`${what} is refused in one line`, async () => {
      const { code, stdout, stderr } = await cost(...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    });
});
