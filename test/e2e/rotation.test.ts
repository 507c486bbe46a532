import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";
import { type Recorder, recorder } from "./recorder.ts";
import { change } from "./settings.ts";

/** Every secret that the stack makes is changed by one number in the settings, and the product is never without one that works. */
describe("rotation", () => {
  let it: Checkout;
  let proxy: Recorder;

  async function run(...args: string[]) {
    const result = await it.pulumi(...args);
    assert.equal(result.code, 0, result.output);
    return result;
  }

  /** What an `up` writes at the API, in order: `POST /v2/apps`. */
  async function writes(): Promise<string[]> {
    const before = proxy.exchanges.length;
    await run("up", "--yes");
    await run("preview", "--expect-no-changes");
    return proxy.exchanges
      .slice(before)
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** The value that the product got last for one of its variables. */
  function sent(name: string): string {
    const specs = proxy.exchanges
      .filter(({ method, path, body }) => method !== "GET" && path.startsWith("/v2/apps") && body)
      .map(({ body }) => JSON.parse(body).spec);
    const { services } = specs.findLast((spec) => spec?.services); // the worker's app has none
    const found = services[0].envs.find(({ key }: { key: string }) => key === name);
    assert.equal(found?.type, "SECRET", name);
    return found.value;
  }

  const outputs = async () => JSON.parse((await run("stack", "output", "--json", "--show-secrets")).stdout);

  async function users(cluster: string): Promise<string[]> {
    const { body } = await it.api("GET", `/v2/databases/${cluster}/users`);
    return (body as { users: { name: string }[] }).users.map(({ name }) => name).sort();
  }

  /** One of `later` comes after `earlier`. */
  function inOrder(requests: string[], ...patterns: RegExp[]) {
    const places = patterns.map((pattern) => requests.findIndex((request) => pattern.test(request)));
    assert.ok(!places.includes(-1), requests.join("\n"));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      requests.join("\n"),
    );
  }

  before(async () => {
    it = await checkout();
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
    const env = await it.npm("run", "--silent", "local:env");
    proxy = await recorder(/DIGITALOCEAN_API_URL='([^']+)'/.exec(env.stdout)?.[1] ?? "");
    // The stack's own provider goes through the recorder from here on.
    change(it.root, ["digitalocean:apiEndpoint"], proxy.url);
    // The app is written once more, so that what it gets is known.
    change(it.root, ["app", "env"], { LOG_LEVEL: "debug" });
    await run("up", "--yes");
  });
  after(async () => {
    await proxy.close();
    await it.remove();
  });

  test("a generated secret: a new value, and the product restarted with it", async () => {
    const before = sent("SECRET_KEY");
    const other = sent("JWT_SIGNING_KEY");
    change(it.root, ["secrets"], { SECRET_KEY: { generation: 2 }, JWT_SIGNING_KEY: {} });
    const [only, ...others] = await writes();
    assert.match(only ?? "", /^PUT \/v2\/apps\//);
    assert.deepEqual(others, []);
    assert.notEqual(sent("SECRET_KEY"), before);
    assert.equal(sent("JWT_SIGNING_KEY"), other);
  });

  test("a Mongo password that only the state has is still there after a refresh", async () => {
    const { mongo } = await outputs();
    await run("refresh", "--yes", "--skip-preview");
    assert.equal((await outputs()).mongo.uri, mongo.uri);
    assert.match(mongo.uri, /^mongodb(\+srv)?:\/\/app:[^@]+@/);
    await run("up", "--yes"); // the refresh has read the app's variables back, encrypted
    assert.equal(sent("MONGO_URL"), mongo.uri);
  });

  test("users are protected: a generation that does not keep the one before it is refused, with what lets it go", async () => {
    for (const section of ["mongo", "postgres"] as const) {
      change(it.root, [section, "generation"], 2);
      for (const command of [["preview"], ["up", "--yes"]]) {
        const { code, output } = await it.pulumi(...command);
        assert.notEqual(code, 0, output);
        assert.match(output, new RegExp(`breakwater:allowReplace: \\[${section}\\.users\\]`));
      }
      assert.deepEqual(await users((await outputs())[section].clusterId), [
        "app",
        "breakwater_canary",
        "doadmin",
      ]);
      change(it.root, [section, "generation"], undefined);
    }
  });

  test("users: new ones beside the old ones, then the product with them; the old ones go in an update of their own", async () => {
    const before = await outputs();
    for (const section of ["mongo", "postgres"] as const) {
      change(it.root, [section, "generation"], 2);
      change(it.root, [section, "keepPrevious"], true);
    }
    const requests = await writes();
    assert.deepEqual(
      requests.filter((request) => request.startsWith("DELETE")),
      [],
    );
    inOrder(
      requests,
      /^POST \/v2\/databases\/[^/]+\/users$/,
      /^POST \/v2\/databases\/[^/]+\/pools$/,
      new RegExp(`^PUT /v2/apps/${before.compute.id}$`),
    );
    const both = ["app", "app-2", "breakwater_canary", "breakwater_canary-2", "doadmin"];
    for (const section of ["mongo", "postgres"] as const) {
      assert.deepEqual(await users(before[section].clusterId), both);
      change(it.root, [section, "keepPrevious"], undefined);
    }
    const now = await outputs();
    assert.equal(sent("MONGO_URL"), now.mongo.uri);
    assert.equal(sent("DATABASE_URL"), now.postgres.uri);
    assert.equal(sent("DATABASE_POOL_URL"), now.postgres.poolUri);
    assert.match(now.mongo.uri, /^mongodb(\+srv)?:\/\/app-2:/);
    assert.match(now.postgres.poolUri, /^postgresql:\/\/app-2:.*\/app-pool-2\?/);

    const gone = await writes();
    inOrder(
      gone,
      /^DELETE \/v2\/databases\/[^/]+\/pools\/app-pool$/,
      /^DELETE \/v2\/databases\/[^/]+\/users\/app$/,
    );
    for (const section of ["mongo", "postgres"] as const)
      assert.deepEqual(await users(before[section].clusterId), ["app-2", "breakwater_canary-2", "doadmin"]);
    change(it.root, ["mongo", "generation"], 3);
    assert.notEqual((await it.pulumi("preview")).code, 0, "protected again");
    change(it.root, ["mongo", "generation"], 2);
  });

  test("a bucket's key: a new one first, then the product with it, then the old one goes", async () => {
    const before = sent("DOCUMENTS_ACCESS_KEY_ID");
    const secret = sent("DOCUMENTS_SECRET_ACCESS_KEY");
    change(it.root, ["documents", "keyGeneration"], 2);
    const requests = await writes();
    inOrder(
      requests,
      /^POST \/v2\/spaces\/keys$/,
      /^PUT \/v2\/apps\//,
      new RegExp(`^DELETE /v2/spaces/keys/${before}$`),
    );
    assert.notEqual(sent("DOCUMENTS_ACCESS_KEY_ID"), before);
    assert.notEqual(sent("DOCUMENTS_SECRET_ACCESS_KEY"), secret);
  });
});
