import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CreateBucketCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { ask, deployed, type Page, redeployed, type Served } from "../local/api/apps/testing.ts";
import { CLUSTER, type Client, type Made } from "../local/testing.ts";
import {
  type Address,
  addressOf,
  caOf,
  online,
  onlineCluster,
  query,
  servedCloud,
} from "../local/testing-served.ts";

/** The example product as the local cloud runs it, with real databases behind it and an HTTP client before it. */

const workspaces = join(import.meta.dirname, "../local/workspaces.json");
const image = { registry_type: "DOCR", repository: "product-api", tag: "local" };
const uriOf = ({ connection }: Made) => (connection as { uri: string }).uri;

function shopAs(uri: string): Address {
  const { hostname: host, port, username: user, password } = new URL(uri);
  return { host, port: Number(port), user, password, database: "shop" };
}

/** A user's own database on the cluster, with the right to make tables in it; gives its URI. */
async function ownDatabase(cloud: Client, cluster: Made, ca: string): Promise<string> {
  await cloud.make(`/v2/databases/${cluster.id}/dbs`, { name: "shop" });
  const user = await cloud.make<{ password: string }>(`/v2/databases/${cluster.id}/users`, { name: "clerk" });
  const shop = { ...addressOf(cluster), database: "shop" };
  await query(ca, shop, "GRANT USAGE, CREATE ON SCHEMA public TO clerk");
  return `postgresql://clerk:${user.password}@${shop.host}:${shop.port}/shop?sslmode=require`;
}

test("people sign up, and their documents are where they belong, whoever is restarted or emptied", async (t) => {
  const { cloud, running } = await servedCloud(t, undefined, { workspaces });
  const [postgres, mongo, cache] = await Promise.all([
    onlineCluster(cloud, "orders"),
    cloud.make("/v2/databases", { ...CLUSTER, name: "letters", engine: "mongodb", version: "8" }),
    onlineCluster(cloud, "sessions", { engine: "valkey", version: "8" }),
  ]);
  await online(cloud, mongo.id); // only the create's answer has its password
  const ca = await caOf(cloud, postgres.id);
  const databaseUrl = await ownDatabase(cloud, postgres, ca);
  const s3 = new S3Client({
    ...{ endpoint: running.spaces.proxy, region: "fra1", forcePathStyle: true },
    credentials: running.spacesKey,
  });
  t.after(() => s3.destroy());
  await s3.send(new CreateBucketCommand({ Bucket: "papers" }));

  const general = { DOCUMENTS_BUCKET: "papers", DOCUMENTS_ENDPOINT: running.spaces.proxy, REDIS_CA_CERT: ca };
  const secret = {
    ...{ DATABASE_URL: databaseUrl, MONGO_URL: uriOf(mongo), REDIS_URL: uriOf(cache) },
    DOCUMENTS_ACCESS_KEY_ID: running.spacesKey.accessKeyId,
    DOCUMENTS_SECRET_ACCESS_KEY: running.spacesKey.secretAccessKey,
  };
  const envs = [
    ...Object.entries({ ...general, DATABASE_CA_CERT: ca, MONGO_CA_CERT: ca }).map(([key, value]) => ({
      key,
      value,
    })),
    ...Object.entries(secret).map(([key, value]) => ({ key, value, type: "SECRET" })),
  ];
  const check = { http_path: "/healthz", period_seconds: 2, failure_threshold: 20 };
  const spec = {
    ...{ name: "product", region: "fra" },
    services: [{ name: "api", image, envs, health_check: check }],
    jobs: [{ name: "migrate", kind: "PRE_DEPLOY", image, envs, run_command: "node migrate.ts" }],
  };
  const served: Served = { cloud, ca };
  const app = await deployed(served, spec);
  // The first connections to all three may take longer than a check of health waits.
  let health: { status: string };
  do health = JSON.parse((await ask(served, `${app.live_url}/healthz`)).text);
  while (health.status !== "ok");

  let cookie = "";
  const send = (method: string, path: string, body?: string, type = "application/json"): Promise<Page> => {
    const headers = {
      cookie,
      ...(body !== undefined && { "content-type": type, "content-length": body.length }),
    };
    return ask(served, `${app.live_url}/api/${path}`, { method, headers }, body);
  };
  const enter = async (path: string, password = "correct horse") => {
    const page = await send("POST", path, JSON.stringify({ email: "Ann@example.org", password }));
    cookie = String(page.headers["set-cookie"]).split(";")[0] ?? "";
    return page;
  };
  assert.equal((await enter("register")).status, 201);
  assert.equal((await enter("register")).status, 409);
  assert.equal((await enter("login", "wrong horse!")).status, 401);
  assert.equal((await enter("login")).status, 200);
  const uploaded = JSON.parse(
    (await send("POST", "resumes?name=cv%20%C3%A4.txt", "I can do it", "text/plain")).text,
  );
  assert.equal((await send("POST", "letters", JSON.stringify({ text: "Dear all" }))).status, 201);
  assert.equal((await send("POST", "resumes", "<script>", "text/html")).status, 415);

  const [account] = await query<{ id: string; password: string }>(
    ca,
    shopAs(databaseUrl),
    "SELECT id, password FROM account",
  );
  assert.match(account?.password ?? "", /^scrypt\$/);
  const Key = `resumes/${account?.id}/${uploaded.id}`;
  const head = await s3.send(new HeadObjectCommand({ Bucket: "papers", Key }));
  assert.deepEqual([head.CacheControl, head.ContentType], ["private, no-store", "text/plain"]);

  // From here on the database takes nobody but the app, by its processes.
  const rules = [{ type: "app", value: app.id }];
  assert.equal((await cloud.put(`/v2/databases/${postgres.id}/firewall`, { rules })).status, 204);
  await assert.rejects(query(ca, addressOf(postgres), "SELECT 1"));
  await redeployed(served, app.id, spec);
  const kept = async () => [
    (await send("GET", `resumes/${uploaded.id}`)).text,
    ...JSON.parse((await send("GET", "letters")).text).letters.map(({ text }: { text: string }) => text),
  ];
  assert.deepEqual(await kept(), ["I can do it", "Dear all"]);

  const admin = new Redis(uriOf(cache), { tls: { ca } });
  await admin.flushall();
  admin.disconnect();
  assert.equal((await send("GET", "letters")).status, 401, "an empty cache logs everyone out");
  await enter("login");
  assert.deepEqual(await kept(), ["I can do it", "Dear all"]);

  const other = await ask(
    served,
    `${app.live_url}/api/register`,
    {
      method: "POST",
      headers: { "content-type": "application/json" },
    },
    JSON.stringify({ email: "bob@example.org", password: "staple battery" }),
  );
  cookie = String(other.headers["set-cookie"]).split(";")[0] ?? "";
  assert.equal((await send("GET", `resumes/${uploaded.id}`)).status, 404, "another's is not there");
});
