import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";
import { type Recorder, recorder } from "./recorder.ts";
import { change } from "./settings.ts";

/** Values that are planted as secrets, and then looked for everywhere. */
const planted = {
  TOKEN: "planted-token-7f3a91c2",
  BILLING_KEY: "planted-billing-key-e4d0b8",
  rotated: "planted-rotated-token-55aa10",
};

interface AppEnv {
  key: string;
  value: string;
  type: string;
}

describe("secrets", () => {
  let it: Checkout;
  let proxy: Recorder;
  const printed: string[] = [];
  /** What the process list showed while commands ran. */
  const listed = new Set<string>();

  const run = (...args: string[]) => runWith("", ...args);

  async function runWith(input: string, ...args: string[]) {
    const watching = watchProcesses(listed);
    const result = await it.pulumiWith(input, ...args);
    watching.stop();
    printed.push(result.output);
    assert.equal(result.code, 0, result.output);
    return result;
  }

  /** Planted through standard input, so that no process ever has it among its arguments. */
  const secret = (name: string, value: string) =>
    runWith(value, "config", "set", "--secret", "--path", `breakwater:secretEnv.${name}`);

  /** The variables that the last PUT or POST of the app carried. */
  function sentEnv(): Map<string, AppEnv> {
    const sent = proxy.exchanges.findLast(
      ({ method, path, body }) => method !== "GET" && path.startsWith("/v2/apps") && body.includes("api"),
    );
    const spec = JSON.parse(sent?.body ?? "{}").spec;
    return new Map(spec.services[0].envs.map((variable: AppEnv) => [variable.key, variable]));
  }

  before(async () => {
    it = await checkout();
    const start = await it.npm("start");
    assert.equal(start.code, 0, start.output);
    const env = await it.npm("run", "--silent", "local:env");
    proxy = await recorder(/DIGITALOCEAN_API_URL='([^']+)'/.exec(env.stdout)?.[1] ?? "");
    // The stack's own provider goes through the recorder from here on.
    change(it.root, ["digitalocean:apiEndpoint"], proxy.url);
  });
  after(async () => {
    await proxy.close();
    await it.remove();
  });

  test("a secret variable arrives with its value, as a SECRET", async () => {
    await secret("TOKEN", planted.TOKEN);
    await run("up", "--yes");
    assert.deepEqual(pick(sentEnv().get("TOKEN")), { value: planted.TOKEN, type: "SECRET" });
  });

  test("rotated while another is inserted before it, the PUT carries the right values; afterwards no diff", async () => {
    const before = sentEnv();
    await secret("TOKEN", planted.rotated);
    await secret("BILLING_KEY", planted.BILLING_KEY);
    await run("up", "--yes");
    const sent = sentEnv();
    assert.deepEqual(pick(sent.get("TOKEN")), { value: planted.rotated, type: "SECRET" });
    assert.deepEqual(pick(sent.get("BILLING_KEY")), { value: planted.BILLING_KEY, type: "SECRET" });
    for (const [key, { value, type }] of before) {
      if (key !== "TOKEN") assert.deepEqual(pick(sent.get(key)), { value, type }, key);
    }
    await run("preview", "--expect-no-changes");
  });

  test("what the API gives back is encrypted", async () => {
    const { compute } = JSON.parse((await run("stack", "output", "--json")).stdout);
    const { body } = await it.api("GET", `/v2/apps/${compute.id}`);
    const text = JSON.stringify(body);
    for (const value of Object.values(planted)) assert.ok(!text.includes(value));
    assert.match(text, /EV\[1:/);
  });

  test("a refresh takes encryption for no change, and any other change of a variable for one", async () => {
    await run("refresh", "--preview-only", "--expect-no-changes");
    const { compute } = JSON.parse((await run("stack", "output", "--json")).stdout);
    const { body } = await it.api("GET", `/v2/apps/${compute.id}`);
    const { spec } = (body as { app: { spec: { services: Array<{ envs: AppEnv[] }> } } }).app;
    const plain = spec.services[0]?.envs.find(({ type }) => type !== "SECRET");
    assert.ok(plain, "the app has no plain variable");
    const before = plain.value;
    for (const [value, code] of [
      ["changed by hand", 7],
      [before, 0],
    ] as const) {
      plain.value = value;
      assert.equal((await it.api("PUT", `/v2/apps/${compute.id}`, { spec })).status, 200);
      const refresh = await it.pulumi("refresh", "--preview-only", "--expect-no-changes");
      assert.equal(refresh.code, code, refresh.output);
    }
  });

  test("a generated secret rotates by one settings change", async () => {
    const before = sentEnv().get("SECRET_KEY")?.value;
    change(it.root, ["secrets"], { SECRET_KEY: { generation: 2 }, JWT_SIGNING_KEY: {} });
    await run("up", "--yes");
    const sent = sentEnv();
    assert.equal(sent.get("SECRET_KEY")?.type, "SECRET");
    assert.notEqual(sent.get("SECRET_KEY")?.value, before);
    assert.deepEqual(pick(sent.get("TOKEN")), { value: planted.rotated, type: "SECRET" });
    await run("preview", "--expect-no-changes");
  });

  test("no planted or made secret is in clear in state, logs, previews, reports, user data, files, or the process list", async () => {
    const made = ["SECRET_KEY", "JWT_SIGNING_KEY", "DATABASE_URL", "MONGO_URL", "REDIS_URL"].map(
      (key) => sentEnv().get(key)?.value ?? "",
    );
    const passwords = made.slice(2).map((uri) => new URL(uri).password);
    const key = sentEnv().get("DOCUMENTS_SECRET_ACCESS_KEY")?.value ?? "";
    for (const value of [...made, ...passwords, key]) assert.ok(value.length > 8, "a made secret is missing");
    const secrets = [...Object.values(planted), ...made, ...passwords, key];

    await run("preview", "--diff");
    await run("preview", "--json");
    await run("stack", "export");
    await run("stack", "output");
    change(it.root, ["compute"], "droplets");
    await run("up", "--yes");
    const pool = proxy.exchanges.findLast(
      ({ method, path }) => method === "POST" && path.startsWith("/v2/droplets/autoscale"),
    );
    const userData: string = JSON.parse(pool?.body ?? "{}").droplet_template.user_data;
    assert.match(userData, /^#cloud-config/);
    const reports = await Promise.all(
      [["drift"], ["policy", "--live", "--format", "json"], ["doctor"]].map(
        async ([name = "", ...args]): Promise<[string, string]> => {
          const { output } = await it.npm("run", "--silent", name, "--", "--stack", "local", ...args);
          return [`report of ${name}`, output];
        },
      ),
    );

    assert.ok(
      [...listed].some((line) => line.includes("pulumi")),
      "the process list was not read",
    );
    const places: Array<[string, string]> = [
      ...printed.map((text, index): [string, string] => [`output of command ${index}`, text]),
      ...[...listed].map((line): [string, string] => ["process list", line]),
      ...files(join(it.home, "pulumi")),
      ...files(join(it.home, "pulumi-home")),
      ...files(join(it.home, "cloud")).filter(([file]) => file.endsWith(".log")),
      ...reports,
      ["user data", userData],
      [`stack file`, readFileSync(join(it.root, "Pulumi.local.yaml"), "utf8")],
    ];
    for (const [place, text] of places)
      for (const value of secrets.flatMap(forms))
        assert.ok(!text.includes(value), `a secret is in clear in: ${place}`);
  });
});

function pick(variable: AppEnv | undefined) {
  return { value: variable?.value, type: variable?.type };
}

/** A text, and what base64 makes of its inside, wherever in a longer text it stands. */
function forms(text: string): string[] {
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from(" ".repeat(offset) + text)
      .toString("base64")
      .slice(4, -4),
  );
  return [text, ...encoded];
}

function files(folder: string): Array<[string, string]> {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file, readFileSync(file, "latin1")]);
}

/** Reads the arguments of every process, again and again, until it is stopped. */
function watchProcesses(seen: Set<string>): { stop: () => void } {
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "latin1"));
      } catch {
        // it has ended in the meantime
      }
    }
  };
  look();
  const timer = setInterval(look, 20);
  return { stop: () => clearInterval(timer) };
}
