import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { type Finding, findingsOf, rules } from "../../policies/report.ts";
import { types } from "../../policies/resources.ts";
import { engineFor, type Previewed, settings } from "./policy/engine.ts";
import { Editor, mutations } from "./policy/mutations.ts";
import { type Scene, scenes } from "./policy/scenes.ts";

/**
 * Every mandatory rule on the real engine: a preview of a program that knows nothing of this project, with one line changed. The stacks of
 * all rules stand side by side in one preview, each under a prefix of its own, so that a rule that is not kept to itself shows.
 */

const program = readFileSync(join(import.meta.dirname, "policy", "main.js"), "utf8");
const { folder, run, previewOf } = engineFor(program);

/** What is said about the resources of a prefix, rule by rule. */
const about = (findings: Finding[], of: string) => findings.filter(({ name }) => name.startsWith(of));

describe("mandatory rules on the real engine", () => {
  let all: Previewed;
  const unchanged = (scene: string) => `${scene}-`;
  const changed = (index: number) => `m${String(index).padStart(2, "0")}-`;

  before(async () => {
    const stack: Scene = {};
    for (const [name, scene] of Object.entries(scenes)) Object.assign(stack, scene(unchanged(name)));
    for (const [index, [, name, change]] of mutations.entries()) {
      const of = changed(index);
      const scene = scenes[name](of);
      change(new Editor(scene, of));
      Object.assign(stack, scene);
    }
    all = await previewOf(stack);
  });

  test("the preview ends with an error, for policies alone", () => {
    assert.notEqual(all.code, 0);
    const errors = `${all.stdout}${all.stderr}`
      .split("\n")
      .filter((line) => /\berror: (?!preview failed)/.test(line));
    assert.deepEqual(errors, [], errors.join("\n"));
  });

  for (const name of Object.keys(scenes))
    test(`the unchanged ${name} keep every mandatory rule`, () => {
      const found = about(all.findings, unchanged(name)).filter(
        ({ level, kind }) => level === "mandatory" || kind !== "violation",
      );
      assert.deepEqual(found, []);
    });

  /** @throws AssertionError unless this rule stops the change, and none beside it. */
  function assertStopped(findings: Finding[], index: number): void {
    const [rule, name, , says] = mutations[index] ?? assert.fail();
    const before = new Set(about(findings, unchanged(name)).map((finding) => finding.rule));
    const found = about(findings, changed(index)).filter((finding) => !before.has(finding.rule));
    assert.deepEqual(
      [...new Set(found.map((finding) => finding.rule))],
      [rule],
      JSON.stringify(found, null, 1),
    );
    const [finding] = found;
    assert.ok(finding?.level === "mandatory");
    assert.match(
      `${finding.property ? `${finding.property}: ` : ""}${finding.wrong}. To fix: ${finding.fix}`,
      says,
    );
  }

  for (const [index, [rule]] of mutations.entries())
    test(`${rule} alone stops its change`, () => {
      assertStopped(all.findings, index);
      const shown = all.stdout.split("\n");
      const line = shown.findIndex(
        (text) => text.includes("[mandatory]") && text.includes(` ${rule} `) && text.includes(changed(index)),
      );
      assert.notEqual(line, -1, "the preview does not name rule and resource");
      assert.match(shown.slice(line, line + 4).join("\n"), /To fix: /);
    });

  test("without its rule each change passes, and its test fails", () => {
    for (const [index, [rule]] of mutations.entries()) {
      const without = all.findings.filter((finding) => finding.rule !== rule);
      assert.throws(() => assertStopped(without, index), assert.AssertionError, rule);
    }
  });

  test("every mandatory rule has its change", () => {
    const alone = [
      "app-https",
      "app-private-network",
      "entry-uptime-checked",
      "monthly-budget",
      "output-in-clear",
      "region-allowed",
      "resource-judged",
    ];
    const covered = [...mutations.map(([rule]) => rule), ...alone].sort();
    const mandatory = rules.filter(({ level }) => level === "mandatory").map(({ name }) => name);
    assert.deepEqual(covered, mandatory.sort());
  });
});

describe("secrets of a program", () => {
  /** Of nobody, in the shapes that a program has them in: marked by Pulumi, or not. */
  const canaries = {
    marked: "canary-Marked-of-nobody",
    clear: `dop_v1_${"c0ffee00".repeat(8)}`,
    uri: "canary-Uri-of-nobody",
  };
  const scene: Scene = {
    ...scenes.site("a-"),
    // What mends a resource is given its secrets, and gives them back.
    "a-balancer": {
      type: types.loadBalancer,
      inputs: {
        name: "a-balancer",
        region: "fra1",
        forwardingRules: [
          { entryPort: 80, entryProtocol: "http", targetPort: 80, targetProtocol: "http" },
          {
            entryPort: 443,
            entryProtocol: "https",
            targetPort: 80,
            targetProtocol: "http",
            certificateName: { secret: canaries.marked },
          },
        ],
      },
    },
    "a-droplet": {
      type: types.droplet,
      inputs: {
        name: "a-droplet",
        region: "fra1",
        size: "s-1vcpu-1gb",
        image: "ubuntu-24-04-x64",
        userData: `TOKEN=${canaries.clear}`,
      },
    },
  };
  const editor = new Editor(scene, "a-");
  for (const [key, value] of Object.entries({
    MARKED: { secret: canaries.marked },
    CLEAR: canaries.clear,
    DATABASE_URL: `postgres://api:${canaries.uri}@db/x?sslmode=disable`,
  }))
    editor.push("app", "spec.services[0].envs", { key, value });
  const mend = ["load-balancer-ciphers", "load-balancer-https"];
  const config = { ...settings, "policies:mend": mend };

  test("stand in no diagnostic, event or remediation of the pack", async () => {
    const { stdout, stderr, events } = await previewOf(scene, {}, { config });
    const lines = events.split("\n");
    // The engine writes what its language host logs to debug, whatever a pack does.
    const told = lines
      .filter((line) => /"(?:policy|diagnostic)Event"/.test(line) && !line.includes('"severity":"debug"'))
      .join("\n");
    for (const rule of ["credentials-in-clear", "database-uri-tls"]) assert.match(told, new RegExp(rule));
    for (const canary of Object.values(canaries)) {
      assert.ok(!`${stdout}${stderr}`.includes(canary), `the terminal shows ${canary}`);
      assert.ok(!told.includes(canary), `an event shows ${canary}`);
    }
    // A remediation's event has all inputs, before and after: what was a secret has to be one after it.
    const mended = lines.filter((line) => line.includes('"policyRemediationEvent"')).join("\n");
    for (const rule of mend) assert.match(mended, new RegExp(rule));
    assert.ok(!mended.includes(canaries.marked), "a remediation's event shows a secret");
  });
});

describe("mandatory rules that look at the whole stack", () => {
  const violated = ({ findings, code }: Previewed) => {
    assert.notEqual(code, 0);
    return findings
      .filter(({ kind, level }) => kind === "violation" && level === "mandatory")
      .map(({ rule, wrong }) => `${rule}: ${wrong}`);
  };

  test("entry-uptime-checked", async () => {
    const { "a-app": app = assert.fail() } = scenes.site("a-");
    assert.deepEqual(violated(await previewOf({ "a-app": app })), [
      "entry-uptime-checked: nothing looks at it from outside",
    ]);
  });

  test("app-private-network, output-in-clear, monthly-budget and region-allowed", async () => {
    const scene = { ...scenes.database("a-"), ...scenes.site("a-") };
    new Editor(scene, "a-").push("app", "spec.services[0].envs", {
      key: "DATABASE_ID",
      value: { ref: "a-db" },
      type: "GENERAL",
    });
    const outputs = { shown: `postgres://api:hunter2@db.example.com/api` };
    const limits = { budget: 10, regions: ["ams3", "fra"] };
    const found = violated(
      await previewOf(scene, outputs, { config: { ...settings, "policies:limits": limits } }),
    );
    assert.deepEqual([...new Set(found.map((text) => text.split(":")[0]))].sort(), [
      "app-private-network",
      "monthly-budget",
      "output-in-clear",
      "region-allowed",
    ]);
    assert.ok(!JSON.stringify(found).includes("hunter2"));
  });

  test("resource-judged and app-https, on a state", async () => {
    const urn = (type: string, name: string) => `urn:pulumi:prod::program::${type}::${name}`;
    const kubernetes = "digitalocean:index/kubernetesCluster:KubernetesCluster";
    const resource = (type: string, name: string, outputs = {}) => ({
      urn: urn(type, name),
      custom: true,
      id: name,
      type,
      inputs: {},
      outputs,
    });
    const resources = [
      resource(kubernetes, "k8s"),
      resource(types.app, "app", { liveUrl: "http://203.0.113.1" }),
    ];
    writeFileSync(
      join(folder, "state.json"),
      JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }),
    );
    const { code, stdout } = await run(
      "policy",
      "analyze",
      "--file",
      "state.json",
      "--policy-pack",
      "policies",
      "--json",
    );
    assert.notEqual(code, 0);
    const events = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    const found = findingsOf(events, rules)
      .filter(({ level }) => level === "mandatory")
      .map(({ rule, name }) => `${rule} ${name}`);
    assert.ok(found.includes("resource-judged k8s"), found.join());
    assert.ok(found.includes("app-https app"), found.join());
  });
});
