import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { type Registered, record, resolved } from "./components/testing.ts";
import { matchesGolden } from "./settings/golden/golden.ts";

const image = JSON.stringify({
  image: { repository: "product-api", tag: "v1" },
  migrateCommand: "flask db upgrade",
});
const answers = {
  calls: {
    "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" },
    "digitalocean:index/getAccount:getAccount": { email: "team@example.com" },
  },
  state: {},
};
const withDroplets = { compute: "droplets", domain: JSON.stringify({ name: "example.com" }) };

const loopback = "http://127.0.0.1:7480";
const spaces = "http://{{.Region}}.digitaloceanspaces.localhost:7481";

let run = 0;
/** Runs the whole program with these settings, as if it were the only one. */
async function program(config: Record<string, string>, apiEndpoint?: string, spacesEndpoint?: string) {
  const endpoint = apiEndpoint && { "digitalocean:apiEndpoint": apiEndpoint };
  const keyed = Object.entries(config).map(([key, value]) => [`breakwater:${key}`, value]);
  delete process.env.DIGITALOCEAN_API_URL;
  delete process.env.SPACES_ENDPOINT_URL;
  const address = spacesEndpoint ?? (apiEndpoint && spaces);
  if (address) process.env.SPACES_ENDPOINT_URL = address;
  run += 1;
  const fresh = `./index.ts?run=${run}`;
  return record(async () => {
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(keyed), ...endpoint });
    return (await import(fresh)) as typeof import("./index.ts");
  }, answers);
}

const local = () => program({ environment: "local" }, loopback);
const real = (environment: string, profile: string, more: Record<string, string> = {}) =>
  program({ environment, profile, app: image, ...more });

/** One line for each resource: what a renamed, moved or unprotected one changes. */
function lines(resources: Registered[]): string[] {
  return resources
    .map(({ type, name, parent, protect, retainOnDelete }) =>
      [
        `${parent.split("::").at(-1) || "-"} > ${type} ${name}`,
        ...(protect ? ["protected"] : []),
        ...(retainOnDelete ? ["retained"] : []),
      ].join(" "),
    )
    .sort();
}

test("logical names, parents and protections are those agreed on", async () => {
  matchesGolden("resources", {
    local: lines((await local()).resources),
    "staging lean": lines((await real("staging", "lean")).resources),
    "prod ha": lines((await real("prod", "ha")).resources),
    "local on droplets": lines(
      (await program({ environment: "local", ...withDroplets }, loopback)).resources,
    ),
  });
});

test("every resource of DigitalOcean goes through the one provider", async () => {
  const { resources } = await local();
  const ours = resources.filter(({ type }) => type.startsWith("digitalocean:"));
  assert.ok(ours.length >= 40);
  for (const { name, provider } of ours) assert.match(provider, /::digitalocean::digitalocean-id$/, name);
  const pinned = resources.find(({ type }) => type === "pulumi:providers:digitalocean");
  assert.equal(pinned?.inputs.apiEndpoint, "http://127.0.0.1:7480");
});

test("the API starts after the grants, with its database and its secrets", async () => {
  const { named } = await local();
  const api = named("api-app");
  assert.ok(api.dependencies.includes("grants-app"));
  const { services } = api.inputs.spec as {
    services: { envs: { key: string; type: string; value: string }[] }[];
  };
  assert.deepEqual(
    services[0]?.envs.map(({ key, type }) => `${key} ${type}`),
    [
      "ASSETS_URL GENERAL",
      "DATABASE_CA_CERT GENERAL",
      "DATABASE_POOL_URL SECRET",
      "DATABASE_URL SECRET",
      "DOCUMENTS_ACCESS_KEY_ID SECRET",
      "DOCUMENTS_BUCKET GENERAL",
      "DOCUMENTS_ENDPOINT GENERAL",
      "DOCUMENTS_REGION GENERAL",
      "DOCUMENTS_SECRET_ACCESS_KEY SECRET",
      "JWT_SIGNING_KEY SECRET",
      "MONGO_CA_CERT GENERAL",
      "MONGO_URL SECRET",
      "REDIS_CA_CERT GENERAL",
      "REDIS_URL SECRET",
      "SECRET_KEY SECRET",
    ],
  );
});

/** Variables of the product, as `NAME TYPE`, that its databases bring. */
function databaseVariables({ named }: Awaited<ReturnType<typeof program>>): Map<string, string> {
  const { services } = named("api-app").inputs.spec as {
    services: { envs: { key: string; type: string; value: string }[] }[];
  };
  const found = services[0]?.envs.filter(({ key }) => /^(DATABASE|MONGO|REDIS)_/.test(key)) ?? [];
  return new Map(found.map(({ key, type, value }) => [`${key} ${type}`, value]));
}

test("external databases reach the product as those of the stack do, and the stack has none", async () => {
  const uris = {
    postgresUri: "postgresql://u:p@db.example/app?sslmode=verify-full",
    mongoUri: "mongodb+srv://u:p@mongo.example/app",
    cacheUri: "rediss://default:p@cache.example:6380/0",
  };
  const external = JSON.stringify({ provision: "external", caCertificate: "-----BEGIN CERTIFICATE-----\n" });
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(Object.keys(uris).map((key) => `breakwater:${key}`));
  const given = { environment: "local", postgres: external, mongo: external, cache: external, ...uris };
  const recording = await program(given, loopback);
  delete process.env.PULUMI_CONFIG_SECRET_KEYS;
  const variables = databaseVariables(recording);
  const managed = [...databaseVariables(await local()).keys()];
  // A pool is the cluster's own affair.
  assert.deepEqual(
    [...variables.keys()],
    managed.filter((name) => !name.startsWith("DATABASE_POOL")),
  );
  assert.equal(variables.get("DATABASE_URL SECRET"), uris.postgresUri);
  assert.equal(variables.get("MONGO_URL SECRET"), uris.mongoUri);
  assert.equal(variables.get("REDIS_URL SECRET"), uris.cacheUri);
  assert.match(variables.get("MONGO_CA_CERT GENERAL") ?? "", /^-----BEGIN/);
  const databases = recording.resources.filter(
    ({ type, name }) => /database/i.test(type) || name === "grants",
  );
  assert.deepEqual(databases, []);
  const { secrets } = recording.named("api-app");
  for (const name of ["DATABASE_URL", "MONGO_URL", "REDIS_URL"])
    assert.ok(
      secrets.some((path) => path.includes("envs")),
      name,
    );
});

test("a product without databases has none, and nothing that speaks of one", async () => {
  const none = JSON.stringify({ provision: "none" });
  const recording = await program(
    { environment: "local", postgres: none, mongo: none, cache: none },
    loopback,
  );
  assert.deepEqual([...databaseVariables(recording).keys()], []);
  assert.deepEqual(
    recording.resources.filter(({ type }) => /database/i.test(type)),
    [],
  );
});

test("outputs are the contract, and URIs are secret", async () => {
  const { result } = await local();
  assert.deepEqual(Object.keys(result).sort(), [
    "apiUrl",
    "assets",
    "cache",
    "compute",
    "documents",
    "dumps",
    "environment",
    "mongo",
    "monitoring",
    "monthlyCost",
    "postgres",
    "recovery",
    "siteUrl",
    "vpc",
  ]);
  assert.equal(result.environment, "local");
  assert.equal((await resolved(result.apiUrl)).value, "https://api.example");
  const { postgres, mongo, cache } = result;
  assert.ok(postgres && mongo && cache);
  for (const { uri } of [postgres, mongo, cache]) assert.equal((await resolved(uri)).secret, true);
  const named = [postgres, mongo, cache].map(async ({ clusterName }) => (await resolved(clusterName)).value);
  assert.deepEqual(await Promise.all(named), [
    "breakwater-local-pg",
    "breakwater-local-mongo",
    "breakwater-local-cache",
  ]);
});

test("a stack of this machine keeps to the Spaces of this machine, and a real one away from them", async () => {
  const message = async (config: Record<string, string>, api: string | undefined, address: string) => {
    await record(() => undefined);
    return program(config, api, address).then(
      () => "",
      (error: Error) => error.message,
    );
  };
  for (const address of [
    "https://{{.Region}}.digitaloceanspaces.com",
    "http://{{.Region}}.localhost.example.com",
  ])
    assert.match(
      await message({ environment: "local" }, loopback, address),
      /SPACES_ENDPOINT_URL.*must be on this machine/,
    );
  const prod = { environment: "prod", app: image };
  assert.match(await message(prod, undefined, spaces), /SPACES_ENDPOINT_URL.*must not be on this machine/);
  assert.equal(await message(prod, undefined, "https://{{.Region}}.digitaloceanspaces.com"), "");
});

test("settings that can't be used end the program before any resource, with every problem", async () => {
  let message = "";
  const { resources } = await program({ environment: "prod", bogus: "1" }, "http://127.0.0.1:1").catch(
    async (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error), "no stack trace");
      message = error.message;
      return record(() => undefined);
    },
  );
  assert.deepEqual(resources, []);
  assert.match(message, /^5 settings of this stack can't be used:\n/);
  assert.match(message, /breakwater:bogus/);
  assert.match(message, /breakwater:app.image.repository is required/);
  assert.match(message, /breakwater:app.image needs either tag or digest/);
  assert.match(message, /digitalocean:apiEndpoint .* must not be on this machine/);
});

test("a rehearsal lifts protection and retention, and says so", async () => {
  const { resources, warnings } = await program(
    { environment: "prod", rehearsal: "true", app: image },
    loopback,
  );
  const guarded = resources.filter(
    ({ type, protect, retainOnDelete }) => protect || (retainOnDelete && !type.endsWith(":DatabaseFirewall")),
  );
  assert.deepEqual(guarded, []);
  assert.match(warnings.join(), /protect is off/);
});

test("dumps go to another region, encrypted for whom the settings name, by a worker that knows every database", async () => {
  const recipient = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq";
  const { named, result } = await real("prod", "ha", {
    region: "fra1",
    recovery: JSON.stringify({ dumps: { recipients: [recipient] } }),
  });
  assert.equal(named("dumps-bucket").inputs.region, "ams3");
  assert.ok(named("dumps-bucket").protect);
  const { spec } = named("operations-app").inputs as {
    spec: { workers: { envs: { key: string; value: string; type: string }[] }[] };
  };
  const envs = new Map(spec.workers[0]?.envs.map((env) => [env.key, env]));
  assert.equal(envs.get("DUMPS_RECIPIENTS")?.value, recipient);
  for (const secret of ["SOURCES", "DUMPS_SECRET_ACCESS_KEY", "DUMPS_ACCESS_KEY_ID"])
    assert.equal(envs.get(secret)?.type, "SECRET", secret);
  const sources: { engine: string; uri: string }[] = JSON.parse(envs.get("SOURCES")?.value ?? "[]");
  assert.deepEqual(
    sources.map(({ engine }) => engine),
    ["pg", "mongodb"],
  );
  assert.ok(result.dumps && (await pulumi.isSecret(pulumi.output(result.dumps.secretAccessKey))));
});

test("dumps for the key of stack local, which anyone has, or beside the databases, are refused elsewhere", async () => {
  const { localRecipient } = await import("./settings/dumps.ts");
  const dumps = JSON.stringify({ dumps: { recipients: [localRecipient], region: "fra1" } });
  await assert.rejects(
    real("prod", "ha", { region: "fra1", recovery: dumps }),
    /recovery\.dumps\.region.*must be another than fra1[\s\S]*must not be the key of stack local/,
  );
});
