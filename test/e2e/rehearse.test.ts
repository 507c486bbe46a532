import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

interface Rehearsed {
  passed: boolean;
  steps: { name: string; passed: boolean; why?: string }[];
  plan: { op: string; name: string; properties: string[]; refusedWithout: string[] }[] | null;
  resources: { name: string; type: string; seconds: number }[];
  lifted: { name: string; what: string }[];
  altered: string[];
  placeholders: string[];
  cost: { usd: number };
}

const nowhere = "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30";

/** What a program does that changes, behind the engine's back, what it has just made. */
const meddling = `
pulumi.all([api.computeId, databases.postgres?.clusterId]).apply(async ([app, cluster]) => {
  if (pulumi.runtime.isDryRun()) return;
  const { DIGITALOCEAN_API_URL: url, DIGITALOCEAN_TOKEN: token } = process.env;
  const headers = { authorization: \`Bearer \${token}\`, "content-type": "application/json" };
  const call = (method: string, path: string, body?: object) =>
    fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const rule = { type: "ip_addr", value: "203.0.113.1" };
  await call("PUT", \`/v2/databases/\${cluster}/firewall\`, { rules: [rule] });
  await call("DELETE", \`/v2/databases/\${cluster}/pools/app-pool\`);
  const { app: { spec } } = await (await call("GET", \`/v2/apps/\${app}\`)).json();
  spec.services[0].envs.push({ key: "DEBUG", value: "1" });
  await call("PUT", \`/v2/apps/\${app}\`, { spec });
});
`;

describe("npm run rehearse", () => {
  let it: Checkout;
  let temporary: string;
  const rehearse = (...args: string[]) => it.npm("run", "--silent", "rehearse", "--", ...args);
  /** What a rehearsal leaves where it works. */
  const left = () => readdirSync(temporary).filter((name) => name.startsWith("breakwater-"));

  before(async () => {
    it = await checkout();
    temporary = join(it.root, "temporary files");
    mkdirSync(temporary);
    it.env.TMPDIR = temporary;
    // Nothing here may be needed, or reached.
    delete it.env.DIGITALOCEAN_TOKEN;
    Object.assign(it.env, { PULUMI_BACKEND_URL: "s3://a-real-bucket", PULUMI_ACCESS_TOKEN: "pul-real" });
  });
  after(() => it.remove());

  test("prod's own settings pass, though nobody here can read its secrets, and though they build on what exists", async () => {
    // Encrypted by somebody else's key service.
    const secure = "AAABAO1v8VwL7QvVnN8JkzCkq2rEuC1S";
    change(it.root, ["secretEnv", "MAIL_API_KEY"], { secure }, "prod");
    change(it.root, ["network"], { vpcId: nowhere }, "prod");
    change(it.root, ["project"], { import: nowhere }, "prod");
    const out = ["--out", join(it.root, "report.json"), "--out", join(it.root, "report.md")];
    it.env.BREAKWATER_SERVERS = "all"; // as for a user: on real databases
    const { code, stdout, output } = await rehearse("--stack", "prod", ...out);
    it.env.BREAKWATER_SERVERS = "none";
    assert.equal(code, 0, output);
    assert.match(stdout, /^Rehearsal of prod: passed\n/);

    const report: Rehearsed = JSON.parse(readFileSync(join(it.root, "report.json"), "utf8"));
    assert.equal(report.passed, true);
    assert.deepEqual(
      report.steps.map(({ name }) => name).toSorted(),
      [
        "a refresh finds no difference",
        "a second preview is empty",
        "destroy, after a refresh",
        "everything is healthy",
        "the account is as it was",
        "up, with the policy pack",
      ].toSorted(),
    );
    assert.deepEqual(report.placeholders, ["breakwater:secretEnv.MAIL_API_KEY"]);
    assert.ok(
      report.altered.some((line) => line.startsWith("network.vpcId:")),
      report.altered.join(),
    );
    assert.ok(
      report.altered.some((line) => line.startsWith("project.import left out")),
      report.altered.join(),
    );
    assert.ok(report.resources.some(({ name, type }) => name === "api-app" && type === "App"));
    assert.ok(report.lifted.some(({ name }) => name === "postgres-cluster"));
    assert.ok(report.cost.usd > 0);
    const page = readFileSync(join(it.root, "report.md"), "utf8");
    assert.match(page, /^# Rehearsal of prod: passed\n/);
    assert.match(page, /^## What a rehearsal can't show$/m);
    assert.ok(!(page + output).includes(secure));

    assert.deepEqual(left(), [], "something stays behind");
    assert.ok(!existsSync(join(it.root, "Pulumi.rehearse-prod.yaml")));
    assert.ok(!existsSync(it.home), "stack local was met");
    change(it.root, ["network"], undefined, "prod");
    change(it.root, ["project"], undefined, "prod");
  });

  test("prod passes on droplets as well, judged by its own levels of policies", async () => {
    const droplets = {
      compute: "droplets",
      domain: { name: "example.com" },
      droplets: { sshKeys: ["3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa"] },
      registryCredentials: { secure: "AAABAO1v8VwL7QvVnN8JkzCkq2rEuC1S" },
    };
    for (const [name, value] of Object.entries(droplets)) change(it.root, [name], value, "prod");
    const { code, stdout, output } = await rehearse("--stack", "prod", "--format", "json");
    assert.equal(code, 0, output);
    const { passed, resources }: Rehearsed = JSON.parse(stdout);
    assert.equal(passed, true);
    for (const type of ["DropletAutoscale", "LoadBalancer", "Certificate"])
      assert.ok(
        resources.some((resource) => resource.type === type),
        type,
      );
    const file = join(it.root, "Pulumi.prod.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, `${text}  policies:levels: { app-log-forwarding: mandatory }\n`);
    const stricter = await rehearse("--stack", "prod", "--format", "json");
    assert.equal(stricter.code, 1, stricter.output);
    const { steps }: Rehearsed = JSON.parse(stricter.stdout);
    assert.deepEqual(
      steps.map(({ name, passed: good }) => [name, good]),
      [["up, with the policy pack", false]],
    );
    writeFileSync(file, text);
    for (const name of Object.keys(droplets)) change(it.root, [name], undefined, "prod");
  });

  test("--from shows what a change does to what was brought up before it, and what the real stack would refuse", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.invalid", ...args], { cwd: it.root });
    git("init", "--quiet", "--initial-branch=main");
    writeFileSync(join(it.root, ".git", "info", "exclude"), "node_modules\n"); // a link here
    git("add", "--all");
    git("commit", "--quiet", "--message=before");
    change(it.root, ["postgres", "name"], "another-name", "prod");
    change(it.root, ["app", "instanceSize"], "apps-d-1vcpu-2gb", "prod");
    const { code, stdout, output } = await rehearse("--stack", "prod", "--from", "main", "--format", "json");
    assert.equal(code, 0, output);
    const { plan, steps }: Rehearsed = JSON.parse(stdout);
    assert.ok(steps.some(({ name, passed }) => name === "up of main" && passed));
    const cluster = plan?.find(({ name, op }) => name === "postgres-cluster" && op.includes("replace"));
    assert.deepEqual(cluster?.refusedWithout, ["postgres.cluster", "postgres.databases", "postgres.users"]);
    const app = plan?.find(({ name }) => name === "api-app");
    assert.equal(app?.op, "update");
    assert.deepEqual(app?.refusedWithout, []);
    assert.deepEqual(left(), []);
  });

  test("a program that fails is told by its reason, and nothing stays behind", async () => {
    const program = join(it.root, "index.ts");
    const text = readFileSync(program, "utf8");
    writeFileSync(
      program,
      `${text}\nnew pulumi.ComponentResource("a:b:C", api.kind);\nthrow new pulumi.RunError("broken on purpose");\n`,
    );
    const { code, stdout, output } = await rehearse("--stack", "staging", "--format", "json");
    assert.equal(code, 1, output);
    const { passed, steps }: Rehearsed = JSON.parse(stdout);
    assert.equal(passed, false);
    assert.match(steps.at(-1)?.why ?? "", /broken on purpose/);
    assert.deepEqual(left(), []);
    writeFileSync(program, text);
  });

  test("what is not on the cloud as the state has it fails a rehearsal, and nothing stays behind", async () => {
    const program = join(it.root, "index.ts");
    const text = readFileSync(program, "utf8");
    writeFileSync(program, text + meddling);
    const { code, stdout, output } = await rehearse("--stack", "staging", "--format", "json");
    writeFileSync(program, text);
    assert.equal(code, 1, output);
    const { steps }: Rehearsed = JSON.parse(stdout);
    const last = steps.at(-1);
    assert.deepEqual([last?.name, last?.passed], ["a refresh finds no difference", false]);
    assert.deepEqual(last?.why?.split("; ").toSorted(), [
      "api-app is changed: api DEBUG",
      "postgres-firewall is changed: rules[0].value, rules[1]",
      "postgres-pool-app-pool is gone",
    ]);
    assert.deepEqual(left(), []);
  });

  test("Ctrl-C in the middle leaves nothing behind", async () => {
    it.env.BREAKWATER_TIME_SCALE = "0.1"; // half a minute for a cluster
    const running = it.begin("run", "rehearse", "--", "--stack", "staging");
    const cloud = () => join(temporary, left()[0] ?? "", "cloud", "cloud.json");
    while (!existsSync(cloud())) await delay(10);
    const { pid, url } = JSON.parse(readFileSync(cloud(), "utf8"));
    const token = readFileSync(join(cloud(), "..", "token"), "utf8").trim();
    const clusters = async () => {
      const answer = await fetch(`${url}/v2/databases`, { headers: { authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { databases: unknown[] }).databases.length;
    };
    while ((await clusters()) === 0) await delay(10);
    running.signal("SIGINT");
    const { code, output } = await running.result;
    delete it.env.BREAKWATER_TIME_SCALE;
    assert.notEqual(code, 0, output);
    assert.match(output, /^breakwater: interrupted by SIGINT$/m);
    assert.doesNotMatch(output, /\n\s+at .+:\d+/, "a stack trace");
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, "its local cloud still runs");
    assert.deepEqual(left(), []);
  });

  test("--keep leaves the cloud to look at, and says how to end it", async () => {
    const { code, output } = await rehearse("--stack", "staging", "--keep");
    assert.equal(code, 0, output);
    const home = /End it with: BREAKWATER_HOME='([^']+)' npm stop/.exec(output)?.[1] ?? "";
    const { pid } = JSON.parse(readFileSync(join(home, "cloud", "cloud.json"), "utf8"));
    process.kill(pid, 0);
    it.env.BREAKWATER_HOME = home;
    const stop = await it.npm("stop");
    delete it.env.BREAKWATER_HOME;
    assert.equal(stop.code, 0, stop.output);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  test("settings that can't be used are told before anything is set up", async () => {
    change(it.root, ["postgres", "nodeCount"], 9, "staging");
    const { code, stdout, stderr } = await rehearse("--stack", "staging");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /Pulumi\.staging\.yaml: 1 setting .*\n {2}breakwater:postgres\.nodeCount: 9/);
    assert.ok(left().length <= 1, "only what was kept");
  });
});
