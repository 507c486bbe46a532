import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { type Checkout, checkout } from "./checkout.ts";
import { type NameServer, nameServer } from "./name-server.ts";
import { change } from "./settings.ts";

interface Diagnosis {
  problems: number;
  findings: { check: string; verdict: "ok" | "problem" | "can't know"; text: string; fix?: string }[];
}

describe("npm run doctor", () => {
  let it: Checkout;
  let names: NameServer;

  const doctor = (...args: string[]) => it.npm("run", "--silent", "doctor", "--", ...args);
  /** What it finds of staging, whose account is the local cloud here. */
  async function staging(): Promise<Diagnosis> {
    const before = await contents();
    const { code, stdout, output } = await doctor(
      "--stack",
      "staging",
      "--format",
      "json",
      "--dns-server",
      names.address,
    );
    assert.ok(stdout.startsWith("{"), output);
    assert.equal(await contents(), before, "a doctor changes nothing");
    const diagnosis: Diagnosis = JSON.parse(stdout);
    assert.equal(code, diagnosis.problems > 0 ? 1 : 0);
    for (const { verdict, fix } of diagnosis.findings)
      if (verdict === "problem") assert.ok(fix, "no way out is told");
    return diagnosis;
  }
  const of = ({ findings }: Diagnosis, check: string) => findings.find((finding) => finding.check === check);
  /** What is found beside what was found before something was made wrong. */
  const problems = ({ findings }: Diagnosis) =>
    findings.filter(({ verdict }) => verdict === "problem").map(({ check }) => check);
  const contents = async () => JSON.stringify((await it.api("GET", "/_local/contents")).body);

  before(async () => {
    it = await checkout();
    names = await nameServer();
    const first = await doctor("--stack", "local");
    assert.equal(first.code, 0, first.output);
    const { stdout } = await it.npm("run", "--silent", "local:env");
    for (const [, key = "", value] of stdout.matchAll(/^export (\w+)='([^']*)'$/gm))
      if (!key.endsWith("_PROXY") || key === "BREAKWATER_SPACES_PROXY") it.env[key] = value;
    // The state of staging: in a bucket that keeps older versions.
    const endpoint = it.env.BREAKWATER_SPACES_PROXY ?? "";
    const credentials = {
      accessKeyId: it.env.SPACES_ACCESS_KEY_ID ?? "",
      secretAccessKey: it.env.SPACES_SECRET_ACCESS_KEY ?? "",
    };
    const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    for (const Bucket of ["state-of-staging", "unversioned"])
      await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: "state-of-staging",
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
    Object.assign(it.env, {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      PULUMI_CONFIG_PASSPHRASE: "of this test",
      PULUMI_BACKEND_URL: `s3://state-of-staging?endpoint=${endpoint}&s3ForcePathStyle=true&region=us-east-1`,
    });
    change(
      it.root,
      ["app", "image"],
      { registryType: "GHCR", registry: "us", repository: "api", tag: "v1" },
      "staging",
    );
  });
  after(async () => {
    await names.close();
    await it.remove();
  });
  beforeEach(() => it.api("DELETE", "/_local/faults"));

  test("an account that is ready has no problem, and what can't be known is said to be so", async () => {
    const diagnosis = await staging();
    assert.deepEqual(problems(diagnosis), []);
    for (const check of [
      "token",
      "scopes to read",
      "region",
      "postgres",
      "app plan",
      "cluster quota",
      "VPC",
      "default VPC",
      "Spaces key",
      "state backend",
    ])
      assert.equal(of(diagnosis, check)?.verdict, "ok", check);
    assert.equal(of(diagnosis, "scopes to write")?.verdict, "can't know");
    assert.match(of(diagnosis, "scopes to write")?.fix ?? "", /database:view_credentials/);
    assert.equal(of(diagnosis, "image")?.verdict, "can't know");
    assert.match(
      (await doctor("--stack", "staging")).stdout,
      /^Stack staging: no problem found\n\n {2}ok: token: valid, for /,
    );
  });

  test("a token that is refused is all that is told", async () => {
    const token = it.env.DIGITALOCEAN_TOKEN;
    it.env.DIGITALOCEAN_TOKEN = "dop_v1_revoked";
    const diagnosis = await staging();
    it.env.DIGITALOCEAN_TOKEN = token;
    assert.deepEqual(
      diagnosis.findings.map(({ check, verdict }) => [check, verdict]),
      [["token", "problem"]],
    );
    assert.ok(!JSON.stringify(diagnosis).includes("dop_v1_revoked"));
  });

  test("a scope that is missing is named: from the token's own list, or by what can't be read", async () => {
    await it.api("POST", "/_local/faults", { path: "/v2/apps", effect: { kind: "status", status: 403 } });
    assert.match(of(await staging(), "scopes to read")?.text ?? "", /missing: app:read$/);
    await it.api("DELETE", "/_local/faults");

    const api = it.env.DIGITALOCEAN_API_URL ?? "";
    const scopes = ["account:read", "regions:read", "api:read"];
    const server = createServer(async (request, response) => {
      const own = request.url === "/v1/oauth/token/info";
      const { authorization = "" } = request.headers;
      const answer = own ? undefined : await fetch(`${api}${request.url}`, { headers: { authorization } });
      response.writeHead(answer?.status ?? 200, { "content-type": "application/json" });
      response.end(answer ? await answer.text() : JSON.stringify({ resource_owner_id: 1, scopes }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    it.env.DIGITALOCEAN_API_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const diagnosis = await staging();
    it.env.DIGITALOCEAN_API_URL = api;
    server.close();
    assert.equal(of(diagnosis, "scopes")?.verdict, "problem");
    assert.match(of(diagnosis, "scopes")?.text ?? "", /missing: project:create, .*database:view_credentials/);
    assert.doesNotMatch(of(diagnosis, "scopes")?.text ?? "", /account:read/);
  });

  test("a zone that is not delegated to DigitalOcean, or to nobody", async () => {
    change(it.root, ["domain"], { name: "example.com" }, "staging");
    for (const [servers, verdict] of [
      [["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"], "ok"],
      [["ns1.registrar.example"], "problem"],
    ] as const) {
      names.delegate("example.com", [...servers]);
      assert.equal(of(await staging(), "delegation")?.verdict, verdict, servers.join());
    }
    change(it.root, ["domain", "name"], "nobodys.example", "staging");
    assert.match(of(await staging(), "delegation")?.text ?? "", /not delegated to anyone/);
    change(it.root, ["domain"], undefined, "staging");
  });

  test("keys that are wrong, an image that was not pushed, a state without older versions", async () => {
    const [secret, backend] = [it.env.SPACES_SECRET_ACCESS_KEY, it.env.PULUMI_BACKEND_URL];
    it.env.SPACES_SECRET_ACCESS_KEY = "wrong";
    it.env.PULUMI_BACKEND_URL = backend?.replace("state-of-staging", "unversioned");
    change(it.root, ["app", "image"], { registryType: "DOCR", repository: "api", tag: "v1" }, "staging");
    const diagnosis = await staging();
    Object.assign(it.env, { SPACES_SECRET_ACCESS_KEY: secret, PULUMI_BACKEND_URL: backend });
    assert.deepEqual(problems(diagnosis).sort(), ["Spaces key", "image", "state backend"]);
    await it.api("POST", "/v2/registry", { name: "shop", subscription_tier_slug: "basic" });
    assert.match(
      of(await staging(), "image")?.fix ?? "",
      /docker push registry\.digitalocean\.com\/shop\/api:v1/,
    );
  });

  test("names and addresses that others have, and quotas that are used up", async () => {
    const region = "fra1";
    await it.api("POST", "/v2/vpcs", { name: "somebodys", region, ip_range: "10.110.0.0/24" });
    const cluster = { engine: "pg", version: "17", size: "db-s-1vcpu-1gb", region, num_nodes: 1 };
    await it.api("POST", "/v2/databases", { ...cluster, name: "breakwater-staging-pg" });
    for (let count = 1; count < 10; count++)
      await it.api("POST", "/v2/databases", { ...cluster, name: `fork-${count}` });
    const diagnosis = await staging();
    assert.match(of(diagnosis, "VPC")?.text ?? "", /overlaps 10\.110\.0\.0\/24 of VPC somebodys/);
    assert.match(
      of(diagnosis, "cluster names")?.text ?? "",
      /breakwater-staging-pg exists, and is not in the stack's state/,
    );
    assert.match(of(diagnosis, "cluster quota")?.text ?? "", /^10 of 10 in use/);
    assert.deepEqual(problems(diagnosis).sort(), ["VPC", "cluster names", "cluster quota", "image"]);
  });
});
