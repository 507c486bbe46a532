import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { parseDocument } from "yaml";
import { blocks } from "../pages.ts";
import { pythonWith } from "../python.ts";
import { contents } from "./account.ts";
import { type Checkout, checkout } from "./checkout.ts";
import { change } from "./settings.ts";

/** docs/adopting.md, followed to the letter with an account that was made by hand: what it shows is what this test runs. */
const page = "adopting.md";
const folder = mkdtempSync(join(tmpdir(), "adoption-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const { python, missing } = pythonWith(folder, "pydo==0.44.0");

interface Step {
  op: string;
  urn: string;
}

describe("adoption", { skip: missing }, () => {
  let it: Checkout;
  let env: NodeJS.ProcessEnv;
  let ids: { vpc: string; range: string; postgres: string; mongo: string; app: string };
  const bucket = "shop-documents";

  async function runPython(...args: string[]): Promise<string> {
    return (await promisify(execFile)(python, args, { env })).stdout;
  }

  /** The commands of the page's nth shell block, as its reader types them. */
  async function runBlock(index: number): Promise<string> {
    const block = blocks(page, "sh")[index];
    assert.ok(block, `docs/adopting.md has a shell block ${index}`);
    let output = "";
    for (const line of block.trim().split("\n")) {
      const [program, ...args] = line.split(" ");
      assert.equal(program, "npm", line);
      const result = await it.npm(...args);
      assert.equal(result.code, 0, `${line}\n${result.output}`);
      output += result.output;
    }
    return output;
  }

  async function planned(): Promise<Step[]> {
    const { stdout } = await it.pulumi("preview", "--json");
    return (JSON.parse(stdout).steps as Step[]).filter(({ op }) => op !== "same");
  }

  async function list<T>(path: string, key: string): Promise<T[]> {
    const { body } = await it.api("GET", path);
    return (body as Record<string, T[]>)[key] ?? [];
  }

  before(async () => {
    it = await checkout();
    const preview = await it.pulumi("preview"); // starts the local cloud
    assert.equal(preview.code, 0, preview.output);
    const { stdout } = await it.npm("run", "--silent", "local:env");
    const exports = [...stdout.matchAll(/^export (\w+)='([^']*)'$/gm)];
    env = { ...process.env, ...Object.fromEntries(exports.map(([, name = "", value]) => [name, value])) };
    ids = JSON.parse(await runPython(join(import.meta.dirname, "existing-account.py")));
    const s3 = new S3Client({
      endpoint: env.BREAKWATER_SPACES_PROXY,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: {
        accessKeyId: env.SPACES_ACCESS_KEY_ID ?? "",
        secretAccessKey: env.SPACES_SECRET_ACCESS_KEY ?? "",
      },
    });
    const where = { CreateBucketConfiguration: { LocationConstraint: "fra1" as never } };
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ...where }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "resume.pdf", Body: "a life" }));
  });
  after(() => it.remove());

  test("the page's script shows every id that the settings need", async () => {
    const script = join(folder, "inventory.py");
    writeFileSync(script, blocks(page, "python")[0] ?? "");
    const shown = await runPython(script);
    for (const id of Object.values(ids)) assert.ok(shown.includes(id), shown);
    assert.match(shown, /trusts ip_addr 203\.0\.113\.7/);
    assert.match(shown, /databases \[.*'shop'.*\] users \[.*'shop'.*\]/);
    assert.match(shown, /pools \[\('shop-pool', 'shop', 'shop', 'transaction', 10\)\]/);
    assert.match(shown, /zone shop\.example/);
  });

  test("a name that is not the cluster's own is refused, and nothing is touched", async () => {
    const known = {
      "<VPC>": ids.vpc,
      "<range>": ids.range,
      "<PostgreSQL>": ids.postgres,
      "<MongoDB>": ids.mongo,
      "<app>": ids.app,
    };
    const text = Object.entries({ ...known, "<bucket>": bucket }).reduce(
      (settings, [place, id]) => settings.replaceAll(place, id),
      blocks(page, "yaml")[0] ?? "",
    );
    for (const [key, value] of Object.entries(parseDocument(text).toJS().config))
      change(it.root, [key.replace("breakwater:", "")], value);
    change(it.root, ["postgres", "name"], "another-name");
    const before = await contents(it);
    const { code, output } = await it.pulumi("up", "--yes");
    assert.notEqual(code, 0, output);
    assert.match(output, /postgres-cluster/);
    assert.deepEqual(await contents(it), before);
    change(it.root, ["postgres", "name"], "shop-db");
  });

  test("the preview takes over all that is there, replaces nothing and deletes nothing", async () => {
    const steps = await planned();
    const named = (op: string) =>
      steps.filter((step) => step.op === op).map(({ urn }) => urn.split("::").at(-1) ?? "");
    assert.deepEqual(named("import").sort(), [
      "api-app",
      "documents-bucket",
      "domain-zone",
      "mongo-cluster",
      "mongo-db-shop",
      "network-vpc",
      "postgres-cluster",
      "postgres-db-shop",
      "postgres-pool-shop-pool",
      "postgres-user-shop",
    ]);
    const others = new Set(steps.map(({ op }) => op));
    assert.deepEqual([...others].sort(), ["create", "import", "update"]);
    await runBlock(0);
  });

  test("up takes it over, and afterwards there is nothing to do", async () => {
    const before = await list<{ name: string; password: string }>(
      `/v2/databases/${ids.postgres}/users`,
      "users",
    );
    const output = await runBlock(1);
    assert.match(output, /= 10 imported/);
    assert.doesNotMatch(output, /replaced|deleted/);
    const outputs = JSON.parse((await it.pulumi("stack", "output", "--json", "--show-secrets")).stdout);
    assert.equal(outputs.vpc.id, ids.vpc);
    assert.equal(outputs.postgres.clusterId, ids.postgres);
    assert.equal(outputs.mongo.clusterId, ids.mongo);
    assert.equal(outputs.compute.id, ids.app);
    assert.equal(outputs.documents.bucket, bucket);

    const password = before.find(({ name }) => name === "shop")?.password ?? "";
    assert.ok(outputs.postgres.uri.includes(`shop:${password}@`), "the password is the one that there was");
    const users = await list<{ name: string }>(`/v2/databases/${ids.mongo}/users`, "users");
    assert.deepEqual(users.map(({ name }) => name).sort(), [
      "breakwater_canary",
      "doadmin",
      "product",
      "shop",
    ]);
    const rules = await list<{ value: string }>(`/v2/databases/${ids.postgres}/firewall`, "rules");
    assert.deepEqual(rules.map(({ value }) => value).sort(), [ids.range, "203.0.113.7"]);
    const records = await list<{ type: string; data: string }>(
      "/v2/domains/shop.example/records",
      "domain_records",
    );
    assert.ok(records.some(({ type, data }) => type === "MX" && data.startsWith("mail.shop.example")));
  });

  test("without the import settings there is nothing to do either", async () => {
    for (const section of ["network", "postgres", "mongo", "app", "domain"])
      change(it.root, [section, "import"], undefined);
    change(it.root, ["documents"], { name: bucket });
    await runBlock(2);
  });
});
