import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { homeOf, type RunningCloud, startCloud } from "../../local/index.ts";
import { change } from "../e2e/settings.ts";
import { type Clone, clone } from "./clone.ts";
import { gitHub } from "./github.ts";
import { holds, job, type Run, runJob } from "./runner.ts";

/**
 * What the pipeline does with real stacks, step by step, through the commands and the state bucket that real stacks have. In the
 * place of DigitalOcean stands a local cloud, which a real stack refuses: so the stack files say that this is a rehearsal.
 */
describe("the pipeline", () => {
  let it: Clone;
  let folder: string;
  let cloud: RunningCloud;
  let s3: S3Client;
  let secrets: Record<string, string>;
  const github = gitHub();
  const bucket = "shop-state";

  before(async () => {
    it = await clone();
    folder = mkdtempSync(join(tmpdir(), "pipeline-"));
    cloud = await startCloud({ home: folder, port: 0 });
    const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(homeOf(folder).spacesKey, "utf8"));
    const credentials = { accessKeyId, secretAccessKey };
    s3 = new S3Client({
      endpoint: cloud.spaces.proxy,
      region: "us-east-1",
      forcePathStyle: true,
      credentials,
    });
    // As docs/deploying.md has it.
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const VersioningConfiguration = { Status: "Enabled" as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));

    assert.equal((await it.pulumi("stack", "ls")).code, 0); // puts the plugins in place
    cpSync(join(it.home, "pulumi-home", "plugins"), join(folder, "plugins"), { recursive: true });
    const place = `endpoint=${cloud.spaces.proxy}&use_path_style=true`;
    secrets = {
      DIGITALOCEAN_TOKEN: cloud.token,
      SPACES_ACCESS_KEY_ID: accessKeyId,
      SPACES_SECRET_ACCESS_KEY: secretAccessKey,
      STATE_ACCESS_KEY_ID: accessKeyId,
      STATE_SECRET_ACCESS_KEY: secretAccessKey,
      PULUMI_BACKEND_URL: `s3://${bucket}?region=us-east-1&${place}`,
      PULUMI_CONFIG_PASSPHRASE: "of the pipeline",
    };
    Object.assign(it.env, {
      DIGITALOCEAN_API_URL: cloud.url,
      SPACES_ENDPOINT_URL: cloud.spaces.endpoint,
      BREAKWATER_SPACES_PROXY: cloud.spaces.proxy,
      PULUMI_HOME: folder,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    change(it.root, ["rehearsal"], true, "staging");
    // No image lies in a registry of the local cloud.
    const image = { registryType: "GHCR", registry: "team", repository: "product-api", tag: "v1.0.0" };
    change(it.root, ["app", "image"], image, "staging");
    // As docs/deploying.md has it.
    const { STATE_ACCESS_KEY_ID, STATE_SECRET_ACCESS_KEY, ...others } = secrets;
    const person = { AWS_ACCESS_KEY_ID: STATE_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: STATE_SECRET_ACCESS_KEY };
    Object.assign(it.env, others, person);
    const init = await it.pulumi("stack", "init", "staging", "--secrets-provider", "passphrase");
    assert.equal(init.code, 0, init.output);
    for (const name of [...Object.keys(others), ...Object.keys(person)]) delete it.env[name];
    it.commit("A stack of this test");
  });
  after(async () => {
    await cloud.close();
    await it.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (file: string, id: string, more: { secrets?: object; matrix?: object } = {}): Promise<Run> =>
    runJob(job(file, id), { cwd: it.root, env: it.env, contexts: { secrets, matrix: {}, ...more } });
  const said = ({ steps }: Run) => steps.map(({ name, output }) => `${name}:\n${output}`).join("\n");
  const results = ({ steps }: Run) => Object.fromEntries(steps.map(({ name, result }) => [name, result]));

  async function clusters(): Promise<{ id: string; name: string }[]> {
    const headers = { authorization: `Bearer ${cloud.token}` };
    const answer = await fetch(`${cloud.url}/v2/databases`, { headers });
    return ((await answer.json()) as { databases: { id: string; name: string }[] }).databases;
  }
  const names = async () => (await clusters()).map(({ name }) => name).sort();

  test("runs for the main branch alone", () => {
    for (const [file, id] of [
      ["deploy", "staging"],
      ["drift", "look"],
    ] as const) {
      const on = (ref: string) => holds(job(file, id).if, false, { github: { ref } });
      assert.deepEqual([on("refs/heads/main"), on("refs/heads/other")], [true, false]);
    }
    assert.equal(job("deploy", "prod-plan").needs, "staging");
    assert.equal(job("deploy", "prod").needs, "prod-plan");
  });

  test("a token that is refused ends it before anything is asked for", async () => {
    const { result, steps } = await run("deploy", "staging", {
      secrets: { ...secrets, DIGITALOCEAN_TOKEN: "old" },
    });
    assert.equal(result, "failure");
    assert.match(steps.find(({ name }) => name === "Doctor, policies, preview")?.output ?? "", /token/);
    assert.equal(steps.find(({ name }) => name === "Up")?.result, "skipped");
    assert.deepEqual(await names(), []);
  });

  test("staging is looked at, then brought up, with its state in the bucket", async () => {
    const done = await run("deploy", "staging");
    assert.equal(done.result, "success", said(done));
    assert.ok((await names()).includes("breakwater-staging-pg"));
    assert.match(done.summary, /postgres-cluster/);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    assert.ok(Contents.some(({ Key }) => Key === ".pulumi/stacks/breakwater/staging.json"));
  });

  test("prod does what staging does, and its plan all of it but the up", () => {
    const [staging, plan, prod] = ["staging", "prod-plan", "prod"].map((id) => job("deploy", id));
    assert.deepEqual(prod?.steps, staging?.steps);
    assert.deepEqual(plan?.steps, staging?.steps.slice(0, -1));
    assert.equal(staging?.steps.at(-1)?.name, "Up");
    assert.deepEqual(
      [staging?.env, plan?.env, prod?.env],
      [{ STACK: "staging" }, { STACK: "prod" }, { STACK: "prod" }],
    );
  });

  test("what is unsafe stops before the up", async () => {
    const program = join(it.root, "index.ts");
    const before = readFileSync(program, "utf8");
    const args = `{ engine: "pg", version: "17", nodeCount: 1, region: "fra1", size: "db-s-1vcpu-2gb" }`;
    const bare = `new digitalocean.DatabaseCluster("bare", ${args}, { provider });`;
    writeFileSync(program, `${before}\n${bare}\n`);
    const stopped = await run("deploy", "staging");
    assert.equal(stopped.result, "failure", said(stopped));
    assert.partialDeepStrictEqual(results(stopped), {
      "Packages and engine": "success",
      "Doctor, policies, preview": "failure",
      Summary: "success",
      Up: "skipped",
    });
    assert.match(stopped.summary, /database-cluster-firewalled/);
    assert.equal((await names()).length, 3, "nothing was made");
    writeFileSync(program, before);
  });

  test("drift opens an issue, its end closes it, and neither writes a state", async () => {
    const api = await github;
    const temp = join(folder, "runner");
    const look = async () => {
      const seen = await run("drift", "look", { matrix: { stack: "staging" } });
      assert.equal(seen.result, "success", said(seen));
      mkdirSync(join(temp, "reports"), { recursive: true });
      cpSync(join(it.root, "report"), join(temp, "reports", "drift-staging"), { recursive: true });
      const issues = await runJob(job("drift", "issue"), {
        cwd: it.root,
        env: { PATH: process.env.PATH, ...api.env },
        contexts: {
          github: {
            token: api.token,
            server_url: "https://github.example",
            repository: "team/product",
            run_id: 1,
          },
          runner: { temp },
        },
      });
      assert.equal(issues.result, "success", said(issues));
      return api.issues.map(({ title, state }) => `${title}: ${state}`);
    };
    const id = (await clusters()).find(({ name }) => name === "breakwater-staging-pg")?.id;
    const before = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: ".pulumi/stacks" }));
    const set = (day: string) =>
      fetch(`${cloud.url}/v2/databases/${id}/maintenance`, {
        method: "PUT",
        headers: { authorization: `Bearer ${cloud.token}`, "content-type": "application/json" },
        body: JSON.stringify({ day, hour: "04:00" }),
      });
    assert.equal((await set("friday")).status, 204);
    assert.deepEqual(await look(), ["Stack staging has drifted: open"]);
    assert.match(api.issues[0]?.body ?? "", /maintenanceWindows/);
    const after = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: ".pulumi/stacks" }));
    assert.deepEqual(
      after.Contents?.map(({ ETag }) => ETag),
      before.Contents?.map(({ ETag }) => ETag),
    );
    assert.equal((await set("sunday")).status, 204);
    assert.deepEqual(await look(), ["Stack staging has drifted: closed"]);
  });

  test("a look that fails is no drift: the job fails", async () => {
    const wrong = { ...secrets, PULUMI_CONFIG_PASSPHRASE: "another" };
    const { result } = await run("drift", "look", { secrets: wrong, matrix: { stack: "staging" } });
    assert.equal(result, "failure");
  });
});
