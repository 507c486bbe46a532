import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readEvents } from "../../cli/events.ts";
import { capture, type Finished } from "../../cli/process.ts";
import { type Finding, findingsOf, rules } from "../../policies/report.ts";
import { types } from "../../policies/resources.ts";
import { pathOf, side } from "../conformance/sides.ts";
import { Editor, mutations } from "./policy/mutations.ts";
import { type Scene, scenes } from "./policy/scenes.ts";

/**
 * Every mandatory rule on the real engine: a preview of a program that knows nothing of this project, with one line changed. The stacks of
 * all rules stand side by side in one preview, each under a prefix of its own, so that a rule that is not kept to itself shows.
 */

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "breakwater policies-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const attestation = { on: new Date().toISOString().slice(0, 10), by: "ops", evidence: "drills/last.json" };
const settings = { "policies:attestations": { drill: attestation, dumps: attestation } };

before(async () => {
  copyFileSync(join(import.meta.dirname, "policy", "main.js"), join(folder, "main.js"));
  mkdirSync(join(folder, ".state"));
  for (const name of ["node_modules", "policies"]) symlinkSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    "name: program\nmain: main.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  await succeeds(run("stack", "init", "prod"));
});

function run(...args: string[]): Promise<Finished> {
  const env = {
    HOME: process.env.HOME,
    PATH: pathOf(side),
    PULUMI_HOME: join(folder, ".pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(folder, ".state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of this test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_COMMANDS: "true",
    DIGITALOCEAN_TOKEN: "of-nobody",
    DIGITALOCEAN_API_URL: "http://127.0.0.1:9",
    SPACES_ACCESS_KEY_ID: "of-nobody",
    SPACES_SECRET_ACCESS_KEY: "of-nobody",
    NO_COLOR: "1",
  };
  return capture("pulumi", args, { cwd: folder, env });
}

async function succeeds(running: Promise<Finished>): Promise<void> {
  const { code, stdout, stderr } = await running;
  assert.equal(code, 0, stdout + stderr);
}

interface Previewed extends Finished {
  findings: Finding[];
  /** All that the engine tells whoever listens, as it was written. */
  events: string;
}

async function preview(
  resources: Scene,
  outputs = {},
  config: Record<string, unknown> = settings,
): Promise<Previewed> {
  writeFileSync(join(folder, "stack.json"), JSON.stringify({ resources, outputs }));
  const salt =
    /^encryptionsalt: .*$/m.exec(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8"))?.[0] ?? "";
  writeFileSync(join(folder, "Pulumi.prod.yaml"), `${salt}\nconfig: ${JSON.stringify(config)}\n`);
  const log = join(folder, "events");
  const finished = await run("preview", "--stack", "prod", "--policy-pack", "policies", "--event-log", log);
  const findings = findingsOf(readEvents(log), rules);
  const events = readFileSync(log, "utf8");
  rmSync(log, { force: true });
  return { ...finished, findings, events };
}

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
    all = await preview(stack);
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

  for (const [index, [rule, name, , says]] of mutations.entries())
    test(`${rule} alone stops its change`, () => {
      const before = new Set(about(all.findings, unchanged(name)).map((finding) => finding.rule));
      const found = about(all.findings, changed(index)).filter((finding) => !before.has(finding.rule));
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
      const shown = all.stdout.split("\n");
      const line = shown.findIndex(
        (text) => text.includes("[mandatory]") && text.includes(` ${rule} `) && text.includes(changed(index)),
      );
      assert.notEqual(line, -1, "the preview does not name rule and resource");
      assert.match(shown.slice(line, line + 4).join("\n"), /To fix: /);
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
    const { stdout, stderr, events } = await preview(scene, {}, config);
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
    assert.deepEqual(violated(await preview({ "a-app": app })), [
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
    const found = violated(await preview(scene, outputs, { ...settings, "policies:limits": limits }));
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
