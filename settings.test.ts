import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import { parse as parseYaml } from "yaml";
import { resolved } from "./components/testing.ts";
import { clearSecretEnv, decode } from "./settings/decode.ts";
import { documents, stackFileSchema } from "./settings/docs.ts";
import { matchesGolden } from "./settings/golden/golden.ts";
import { report } from "./settings/problem.ts";
import { environments, profiles } from "./settings/schema-kit.ts";
import { parse, type Raw } from "./settings.ts";

const loopback = "http://127.0.0.1:7480";
const image = { repository: "product-api", tag: "v1" };
const uuid = "11111111-2222-3333-4444-555555555555";

/** Problems as `path: allowed`, of settings for stack `local` unless they say otherwise. */
function problems(config: Record<string, unknown>, more: Partial<Raw> = {}) {
  const { problems: found = [] } = parse({
    config: { environment: "local", ...config },
    apiEndpoint: loopback,
    ...more,
  });
  return found;
}
const paths = (...args: Parameters<typeof problems>) => problems(...args).map(({ path }) => path);

test("the defaults of every environment and profile are those agreed on", () => {
  const all = environments.flatMap((environment) =>
    profiles.map((profile) => {
      const config = { environment, profile, ...(environment === "local" ? {} : { app: { image } }) };
      const endpoint = environment === "local" ? { apiEndpoint: loopback } : {};
      return [`${environment} ${profile}`, parse({ config, ...endpoint }).settings];
    }),
  );
  matchesGolden("defaults", Object.fromEntries(all));
});

test("the profile follows from the environment when it is left out", () => {
  assert.equal(parse({ config: { environment: "prod", app: { image } } }).settings?.profile, "ha");
  assert.equal(parse({ config: { environment: "staging", app: { image } } }).settings?.profile, "lean");
});

test("defaults follow their neighbours", () => {
  const { settings } = parse({
    config: {
      environment: "local",
      network: { vpcId: uuid },
      postgres: { databases: [{ name: "shop", user: "shop" }] },
      app: { instanceSize: "apps-d-1vcpu-1gb", autoscale: {} },
    },
    apiEndpoint: loopback,
  });
  assert.equal(settings?.network.ipRange, undefined);
  assert.deepEqual(settings?.postgres.pools, [
    { name: "shop-pool", database: "shop", mode: "transaction", size: 10 },
  ]);
  assert.equal(settings?.app.instances, undefined);
  assert.deepEqual(settings?.app.autoscale, { min: 2, max: 4, cpuPercent: 70 });
});

/** Settings that are right, in any combination. */
const valid = fc
  .record(
    {
      profile: fc.constantFrom(...profiles),
      region: fc.constantFrom("ams3", "fra1", "nyc1", "tor1"),
      project: fc.record(
        { name: fc.stringMatching(/^[a-z][a-z0-9]{1,16}$/), purpose: fc.constant("Service or API") },
        { requiredKeys: [] },
      ),
      network: fc.constantFrom({}, { ipRange: "10.64.0.0/16" }, { vpcId: uuid }, { import: uuid }, null),
      postgres: fc.record(
        {
          version: fc.constantFrom("15", "16", 17, "18"),
          size: fc.constantFrom("db-s-1vcpu-2gb", "gd-2vcpu-8gb", "db-amd-4vcpu-16gb"),
          nodeCount: fc.integer({ min: 1, max: 3 }),
          databases: fc.uniqueArray(
            fc.record({
              name: fc.stringMatching(/^db[a-z0-9_]{0,20}$/),
              user: fc.stringMatching(/^u[a-z0-9-]{0,20}$/),
            }),
            { minLength: 1, maxLength: 4, selector: ({ name }) => name },
          ),
          pools: fc.constant([]),
          trustedSources: fc.array(fc.ipV4()),
          config: fc.record({ backupHour: fc.integer({ min: 0, max: 23 }) }, { requiredKeys: [] }),
          maintenance: fc.record({ hour: fc.constantFrom("00:00", "23:59") }, { requiredKeys: [] }),
          storageMib: fc.integer({ min: 1, max: 100 }).map((gib) => gib * 1024),
        },
        { requiredKeys: ["size", "pools"] },
      ),
      mongo: fc.record(
        {
          version: fc.constantFrom("8.0", 8),
          nodeCount: fc.constantFrom(1, 3),
          databases: fc.uniqueArray(
            fc.record({
              name: fc.stringMatching(/^db[a-z0-9_]{0,20}$/),
              user: fc.stringMatching(/^u[a-z0-9]{0,20}$/),
            }),
            { minLength: 1, maxLength: 4, selector: ({ name }) => name },
          ),
          generation: fc.integer({ min: 1, max: 99 }),
          config: fc.record({ defaultWriteConcern: fc.constantFrom("majority", "1") }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
      cache: fc.constantFrom(
        {},
        { version: 8, size: "m-2vcpu-16gb", nodeCount: 2 },
        { evictionPolicy: "allkeys-lru", persistence: "off", timeoutSeconds: 0 },
        { provision: "none" },
      ),
      app: fc.record(
        {
          port: fc.integer({ min: 1, max: 65_535 }),
          instances: fc.integer({ min: 1, max: 250 }),
          env: fc.dictionary(fc.stringMatching(/^E_[A-Z]{1,10}$/), fc.string()),
        },
        { requiredKeys: [] },
      ),
      secrets: fc.dictionary(
        fc.stringMatching(/^S_[A-Z]{1,10}$/),
        fc.record({ generation: fc.integer({ min: 1, max: 99 }) }),
      ),
      tags: fc.array(fc.stringMatching(/^[a-z0-9:_-]{1,20}$/)),
      allowReplace: fc.subarray(["network", "postgres.cluster", "postgres.users"]),
    },
    { requiredKeys: ["postgres", "app"] },
  )
  .map((config) => ({ environment: "local", ...config }));

/** Changes that make right settings wrong, each with the one path that must be named. */
const mutations: [path: string, value: unknown][] = [
  ["environment", "production"],
  ["profile", "huge"],
  ["rehearsal", "perhaps"],
  ["region", "nyc3"],
  ["project.name", "Shop"],
  ["project.name", "a-name-that-is-too-long"],
  ["network.ipRange", "10.64.0.0/25"],
  ["network.ipRange", "10.244.0.0/20"],
  ["network.ipRange", "8.8.0.0/20"],
  ["network.vpcId", "my-vpc"],
  ["postgres.version", "14"],
  ["postgres.size", "db-s-1vcpu-3gb"],
  ["postgres.nodeCount", 4],
  ["postgres.nodeCount", "two"],
  ["postgres.databases", []],
  ["postgres.databases", "app"],
  ["postgres.pools", [{ name: "p", database: "db", size: 999_999 }]],
  ["postgres.trustedSources", ["0.0.0.0/0"]],
  ["postgres.config.backupHour", 24],
  ["postgres.maintenance.hour", "4 am"],
  ["postgres.maintenance.day", "Sunday"],
  ["postgres.storageMib", 1000],
  ["postgres.storageAutoscale", { thresholdPercent: 99 }],
  ["postgres.sslMode", "disable"],
  ["postgres.name", "Main"],
  ["postgres.provision", "elsewhere"],
  ["postgres.caCertificate", "-----BEGIN CERTIFICATE-----\n"],
  ["mongo.version", "7.0"],
  ["mongo.nodeCount", 2],
  ["mongo.size", "db-amd-1vcpu-1gb"],
  ["mongo.databases", [{ name: "admin", user: "app" }]],
  ["mongo.generation", 0],
  ["mongo.config.defaultWriteConcern", "most"],
  ["mongo.import", { cluster: uuid, users: ["app"] }],
  ["mongo.trustedSources", ["::/0"]],
  ["mongoUri", "mongodb+srv://u:p@example.com/app"],
  ["cache.version", "7"],
  ["cache.nodeCount", 3],
  ["cache.evictionPolicy", "allkeys_lru"],
  ["cache.persistence", "aof"],
  ["cache.timeoutSeconds", -1],
  ["cache.name", "Cache"],
  ["cacheUri", "redis://in.clear"],
  ["app.region", "lon"],
  ["app.image", { repository: "a", tag: "1", digest: `sha256:${"0".repeat(64)}` }],
  ["app.image", { registryType: "DOCKER_HUB", repository: "a", tag: "1" }],
  ["app.port", 0],
  ["app.instanceSize", "basic-xxs"],
  ["app.instances", 0.5],
  ["app.healthPath", "healthz"],
  ["app.env", { "A-B": "1" }],
  ["app.env", { PORT: "80" }],
  ["app.alerts.emails", ["ops"]],
  ["secrets", { KEY: { generation: 0 } }],
  ["secretEnv", { TOKEN: "in clear" }],
  ["registryCredentials", "user:token"],
  ["tags", ["Upper"]],
  ["allowReplace", ["everything"]],
  ["extra", 1],
  ["postgres.extra", 1],
  ["postgres.config.extra", 1],
  ["app.image", { repository: "a", tag: "1", extra: 1 }],
];

function withChange(
  config: Record<string, unknown>,
  path: string[],
  value: unknown,
): Record<string, unknown> {
  const [key = "", ...rest] = path;
  const child = config[key];
  const inside = typeof child === "object" && child !== null ? { ...child } : {};
  return { ...config, [key]: rest.length ? withChange(inside, rest, value) : value };
}

test("right settings have no problem, and one wrong one is named by its path", () => {
  fc.assert(
    fc.property(valid, fc.constantFrom(...mutations), (config, [path, value]) => {
      assert.deepEqual(problems(config), []);
      const found = paths(withChange(config, path.split("."), value));
      assert.notEqual(found.length, 0, path);
      for (const each of found)
        assert.ok(each.startsWith(`breakwater:${path}`), `${each} instead of ${path}`);
    }),
    { numRuns: 300 },
  );
});

test("the editor's schema agrees about shapes: it takes right settings, and refuses what the parser refuses alone", () => {
  const check = new Ajv({ validateFormats: false }).compile(stackFileSchema());
  const file = (config: Record<string, unknown>) => ({
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`breakwater:${key}`, value])),
  });
  const acrossSettings = new Set([
    "network.ipRange",
    "postgres.pools",
    "postgres.trustedSources",
    "postgres.caCertificate",
    "mongo.trustedSources",
    "mongo.databases",
    "app.region",
  ]);
  const both = mutations.filter(([path, value]) => {
    if (acrossSettings.has(path)) return false;
    return !(
      (path === "app.image" && !JSON.stringify(value).includes("extra")) ||
      JSON.stringify(value).includes("PORT")
    );
  });
  fc.assert(
    fc.property(valid, fc.constantFrom(...both), (config, [path, value]) => {
      // YAML's empty value stands for a setting that was left out; the editor asks for more.
      const given = Object.fromEntries(Object.entries(config).filter(([, each]) => each !== null));
      assert.ok(check(file(given)), JSON.stringify(check.errors));
      assert.ok(!check(file(withChange(given, path.split("."), value))), `${path} ${JSON.stringify(value)}`);
    }),
  );
  assert.ok(check({ config: { "breakwater:environment": "local", "digitalocean:apiEndpoint": "x" } }));
  const secure = { secure: "v1:abc" };
  for (const secretEnv of [{ TOKEN: secure }, secure])
    assert.ok(check(file({ environment: "prod", app: { image }, secretEnv })));
});

test("the stack files of this repository are right, for the parser and for the editor", () => {
  const check = new Ajv({ validateFormats: false }).compile(stackFileSchema());
  for (const environment of environments) {
    const text = readFileSync(new URL(`Pulumi.${environment}.yaml`, import.meta.url), "utf8");
    assert.match(text, /^# yaml-language-server: \$schema=docs\/settings\.schema\.json$/m);
    const file = parseYaml(text) as { config: Record<string, unknown> };
    assert.ok(check(file), JSON.stringify(check.errors));
    const config = Object.fromEntries(
      Object.entries(file.config).flatMap(([key, value]) =>
        key.startsWith("breakwater:") ? [[key.slice("breakwater:".length), value]] : [],
      ),
    );
    const endpoint = environment === "local" ? { apiEndpoint: loopback } : {};
    assert.deepEqual(parse({ config, ...endpoint }).problems, undefined);
    assert.deepEqual(file.config["pulumi:disable-default-providers"], ["digitalocean"]);
  }
});

test("the generated documents are up to date", () => {
  for (const [path, generate] of Object.entries(documents))
    assert.equal(readFileSync(new URL(path, import.meta.url), "utf8"), generate(), `${path}: npm run docs`);
});

test("a secret leaves as a secret Output, and no problem shows it", async () => {
  const { settings } = parse({
    config: { environment: "local", secretEnv: { TOKEN: "hunter2" } },
    secretKeys: ["secretEnv"],
    apiEndpoint: loopback,
  });
  assert.ok(settings?.secretEnv.TOKEN);
  assert.deepEqual(await resolved(settings.secretEnv.TOKEN), { value: "hunter2", secret: true });
  assert.doesNotMatch(JSON.stringify(Object.keys(settings.secretEnv)), /hunter2/);

  const lines = report([
    ...problems({ secretEnv: { "a-b": "hunter2", OK: { deep: "hunter2" } } }, { secretKeys: ["secretEnv"] }),
    ...problems({ secretEnv: { A: "hunter2" }, registryCredentials: "hunter2" }),
    ...problems(
      { postgres: { size: "hunter2", extra: "hunter2" }, bogus: "hunter2" },
      { secretKeys: ["postgres", "bogus"] },
    ),
  ]);
  assert.doesNotMatch(lines, /hunter2/);
  assert.match(
    lines,
    /secretEnv.A: \[in clear\] must be a secret: pulumi config set --secret --path 'breakwater:secretEnv.A'/,
  );
  assert.match(lines, /postgres.size: \[secret\] must be one of/);
});

test("a variable in clear beside an encrypted one is found in the stack file", () => {
  const file = (secretEnv: unknown) => ({ config: { "breakwater:secretEnv": secretEnv } });
  assert.deepEqual(clearSecretEnv(file({ A: { secure: "v1:x" }, B: "clear" })), ["breakwater:secretEnv.B"]);
  assert.deepEqual(clearSecretEnv(file({ secure: "v1:x" })), []);
  assert.deepEqual(clearSecretEnv({ config: {} }), []);
  assert.deepEqual(
    paths(
      { secretEnv: { A: "x", B: "clear" } },
      { secretKeys: ["secretEnv"], clearPaths: ["breakwater:secretEnv.B"] },
    ),
    ["breakwater:secretEnv.B"],
  );
});

test("whatever stands in a stack file, the answer is settings or problems that fit a line each", () => {
  const keys = [
    "environment",
    "profile",
    "rehearsal",
    "region",
    "project",
    "network",
    "postgres",
    "app",
    "secrets",
  ];
  const more = [
    "secretEnv",
    "registryCredentials",
    "slackWebhook",
    "tags",
    "allowReplace",
    "__proto__",
    "constructor",
  ];
  const inside = [
    "databases",
    "pools",
    "image",
    "env",
    "alerts",
    "name",
    "size",
    "config",
    "maintenance",
    "import",
  ];
  const value = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...inside), fc.jsonValue()));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys, ...more), value), (config) => {
      const { settings, problems: found = [] } = parse({ config, apiEndpoint: loopback });
      assert.notEqual(settings === undefined, found.length === 0);
      for (const line of report(found).split("\n")) assert.ok(line.length < 1000, line);
      assert.equal(report(found).split("\n").length, found.length + 1);
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(paths({ postgres: { databases: [1, { name: "A" }, { name: "A", user: "u" }] } }), [
    "breakwater:postgres.databases[0]",
    "breakwater:postgres.databases[1].name",
    "breakwater:postgres.databases[1].user",
    "breakwater:postgres.databases[2].name",
  ]);
});

test("what belongs together is checked together", () => {
  assert.deepEqual(paths({ app: { alerts: { slackChannel: "#ops" } } }), ["breakwater:slackWebhook"]);
  assert.deepEqual(paths({ network: { vpcId: uuid, ipRange: "10.1.0.0/16", name: "a" } }), [
    "breakwater:network.ipRange",
    "breakwater:network.name",
  ]);
  assert.deepEqual(paths({ postgres: { size: "db-s-1vcpu-1gb", nodeCount: 2 } }), [
    "breakwater:postgres.nodeCount",
  ]);
  assert.deepEqual(paths({ app: { env: { SECRET_KEY: "x" } } }), ["breakwater:secrets.SECRET_KEY"]);
  assert.deepEqual(paths({ secrets: { A_KEY: {}, a_key: {}, B: {} } }), [
    "breakwater:secrets.A_KEY",
    "breakwater:secrets.a_key",
  ]);
  assert.deepEqual(paths({ app: { autoscale: { min: 5, max: 2 } } }), ["breakwater:app.autoscale"]);
});

test("each database is managed here, external, or left out, and an external one has a URI with TLS", async () => {
  const external = (config: Record<string, unknown>) => {
    const given = { environment: "local", ...config };
    return parse({ config: given, secretKeys: Object.keys(config), apiEndpoint: loopback });
  };
  const uris = {
    postgres: [
      "postgresql://u:p@db.example.com/app?sslmode=verify-full",
      "postgres://u@h/d?a=b&sslmode=require",
    ],
    mongo: ["mongodb+srv://u:p@db.example.com/app", "mongodb://u:p@a,b/app?replicaSet=r&tls=true"],
    cache: ["rediss://default:p@cache.example.com:6380/0"],
  };
  const bad = {
    postgres: [
      "postgresql://u:p@db.example.com/app",
      "postgresql://h/d?sslmode=prefer",
      "mysql://h/d?sslmode=require",
    ],
    mongo: [
      "mongodb://u:p@db.example.com/app",
      "mongodb+srv://u:p@h/d?tls=false",
      "mongodb://h/d?tls=true&x=a b",
    ],
    cache: ["redis://cache.example.com"],
  };
  for (const section of ["postgres", "mongo", "cache"] as const) {
    const uri = `${section}Uri` as const;
    for (const value of uris[section]) {
      const { settings } = external({ [section]: { provision: "external" }, [uri]: value });
      const secret = settings?.[uri];
      assert.ok(secret, value);
      assert.deepEqual(await resolved(secret), { value, secret: true });
    }
    for (const value of bad[section]) {
      const { problems: found = [] } = external({ [section]: { provision: "external" }, [uri]: value });
      assert.ok(
        found.some(({ path }) => path === `breakwater:${uri}`),
        value,
      );
      assert.doesNotMatch(report(found), /example|u:p/);
    }
    assert.deepEqual(paths({ [section]: { provision: "external" } }), [`breakwater:${uri}`]);
    for (const provision of ["managed", "none"])
      assert.deepEqual(
        external({ [section]: { provision }, [uri]: uris[section][0] }).problems?.map(({ path }) => path),
        [`breakwater:${uri}`],
      );
    const [taken] = paths({ [section]: { provision: "none", import: { cluster: uuid } } });
    assert.equal(taken, `breakwater:${section}.import`);
  }
});

test("one problem hides no other", () => {
  assert.deepEqual(
    paths({
      region: "mars",
      postgres: { size: "db-s-1vcpu-1gb", nodeCount: 2, version: "9", a: { b: 1 } },
      app: 1,
    }),
    [
      "breakwater:region",
      "breakwater:postgres.a",
      "breakwater:postgres.version",
      "breakwater:app",
      "breakwater:postgres.nodeCount",
    ],
  );
});

test("a stack of this machine needs a loopback API, and a real one refuses it", () => {
  const real = { environment: "staging", app: { image } };
  const problem = (config: Record<string, unknown>, apiEndpoint?: string) =>
    parse({ config, apiEndpoint }).problems?.map(({ path }) => path);
  const named = ["digitalocean:apiEndpoint (DIGITALOCEAN_API_URL)"];
  const here = [
    "http://127.0.0.1:7480",
    "http://localhost:1",
    "http://LOCALHOST./",
    "http://[::1]:7480",
    "http://127.1.2.3",
    "http://0x7f.1:80",
    "https://cloud.localhost",
  ];
  for (const url of here) {
    assert.equal(problem({ environment: "local" }, url), undefined, url);
    assert.equal(problem({ ...real, rehearsal: true }, url), undefined, url);
    assert.deepEqual(problem(real, url), named, url);
  }
  const away = ["https://api.digitalocean.com", "https://api.example.com:8443/", undefined];
  for (const url of away) {
    assert.deepEqual(problem({ environment: "local" }, url), named, url);
    assert.deepEqual(problem({ ...real, rehearsal: true }, url), named, url);
    assert.equal(problem(real, url), undefined, url);
  }
  const neither = [
    "http://api.digitalocean.com",
    "https://api.digitalocean.com/v2",
    "https://user:secret@api.digitalocean.com",
    "ftp://127.0.0.1",
    "127.0.0.1:7480",
    "http://0.0.0.0:7480",
    "http://[::ffff:127.0.0.1]:7480",
    "http://127.0.0.1@example.com",
    "http://localhost.example.com",
    "not a url",
  ];
  for (const url of neither) {
    assert.deepEqual(problem({ environment: "local" }, url), named, url);
    assert.deepEqual(problem(real, url), named, url);
  }
  const lines = report(
    parse({ config: real, apiEndpoint: "https://user:hunter2@api.example.com" }).problems ?? [],
  );
  assert.doesNotMatch(lines, /hunter2/);
});

test("configuration is text for texts and JSON for all else", () => {
  assert.equal(decode("environment", "local"), "local");
  assert.equal(decode("registryCredentials", '"quoted"'), '"quoted"');
  assert.equal(decode("rehearsal", "true"), true);
  assert.deepEqual(decode("postgres", '{"nodeCount":2}'), { nodeCount: 2 });
  assert.equal(decode("postgres", "oops"), "oops");
  assert.equal(decode("bogus", "1"), 1);
});
