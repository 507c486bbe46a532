import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { record } from "../components/testing.ts";

/**
 * Logical names are for ever: another name, type or parent is another resource, so everyone who has a stack would lose the old one.
 * What every kind of stack registers is recorded in fixtures/names.json. New names are added to it with
 *
 *     RECORD_NAMES=1 node --test test/names.test.ts
 *
 * which takes none out. One that must change needs `aliases` in the component, and is then taken out by hand, in a commit that says why.
 */
const file = fileURLToPath(new URL("fixtures/names.json", import.meta.url));

const secret = (value: string) => ({ secret: value });
const image = { image: { repository: "product-api", tag: "v1" }, migrateCommand: "flask db upgrade" };
const domain = { name: "example.com", host: "www.example.com" };
const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa1y8X95gH3QpGE58UNyty6JUntex7xobuCZKlztX3B someone";
const droplets = {
  compute: "droplets",
  domain,
  app: image,
  droplets: { sshKeys: [sshKey] },
  registryCredentials: secret("token:token"),
};
const app = { app: image };

/** Every kind of stack, by its settings. */
const variants: Record<string, Record<string, unknown>> = {
  "local, app": { environment: "local" },
  "local, droplets": { environment: "local", compute: "droplets", domain },
  "staging, app": { environment: "staging", ...app },
  "staging, droplets": { environment: "staging", ...droplets },
  "prod, app": { environment: "prod", ...app },
  "prod, droplets": { environment: "prod", ...droplets },
  "apps and data apart, app": { environment: "prod", ...app, domain, network: { separateData: true } },
  "apps and data apart, droplets": { environment: "prod", ...droplets, network: { separateData: true } },
  "a zone with mail": {
    environment: "prod",
    app: image,
    domain: {
      ...domain,
      mail: {
        mode: "records",
        mx: [{ host: "mail.example.com" }],
        spf: "v=spf1 mx -all",
        dmarc: "v=DMARC1; p=reject",
      },
    },
  },
  "dumps, app": {
    environment: "prod",
    ...app,
    recovery: { dumps: { recipients: ["age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq"] } },
  },
  "another's zone": { environment: "prod", ...app, domain: { ...domain, ownership: "existing" } },
  "external databases": {
    environment: "prod",
    ...app,
    postgres: { provision: "external" },
    mongo: { provision: "external" },
    cache: { provision: "external" },
    postgresUri: secret("postgres://app@db.example/app?sslmode=verify-full"),
    mongoUri: secret("mongodb+srv://app@db.example/app?tls=true"),
    cacheUri: secret("rediss://cache.example:6380"),
  },
  "as little as can be": {
    environment: "prod",
    ...app,
    postgres: { provision: "none" },
    mongo: { provision: "none" },
    cache: { provision: "none" },
    documents: { enabled: false },
    assets: { enabled: false },
    monitoring: { enabled: false },
  },
};

/** The URNs of what a stack registers, without stack and project: types from the outermost parent on, and name. */
async function namesOf(settings: Record<string, unknown>, run: number): Promise<string[]> {
  const isLocal = settings.environment === "local";
  const config: Record<string, string> = isLocal
    ? { "digitalocean:apiEndpoint": "http://127.0.0.1:7480" }
    : {};
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const hidden = typeof value === "object" && value !== null && "secret" in value;
    if (hidden) secrets.push(`breakwater:${key}`);
    const plain = hidden ? value.secret : value;
    config[`breakwater:${key}`] = typeof plain === "string" ? plain : JSON.stringify(plain);
  }
  for (const name of ["DIGITALOCEAN_API_URL", "SPACES_ENDPOINT_URL", "BREAKWATER_SPACES_PROXY"])
    delete process.env[name];
  if (isLocal) process.env.SPACES_ENDPOINT_URL = "http://{{.Region}}.digitaloceanspaces.localhost:7481";
  const calls = {
    "digitalocean:index/getDatabaseCa:getDatabaseCa": { certificate: "-----BEGIN" },
    "digitalocean:index/getAccount:getAccount": { email: "team@example.com" },
  };
  const { resources } = await record(
    async () => {
      pulumi.runtime.setAllConfig(config, secrets);
      process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secrets); // as the engine does
      await import(`../index.ts?names=${run}`);
    },
    { calls },
  );
  return resources
    .map(({ type, name, parent }) => {
      const above = parent.split("::")[2] ?? "";
      return `${above.includes("pulumi:pulumi:Stack") || above === "" ? "" : `${above}$`}${type}::${name}`;
    })
    .sort();
}

type Recorded = Record<string, string[]>;
const recorded: Recorded = JSON.parse(readFileSync(file, "utf8"));

for (const [index, [variant, settings]] of Object.entries(variants).entries())
  test(`names of ${variant}`, async () => {
    const now = await namesOf(settings, index);
    assert.equal(new Set(now).size, now.length, "a name is taken twice");
    const known = recorded[variant] ?? [];
    if (process.env.RECORD_NAMES) {
      recorded[variant] = [...new Set([...known, ...now])].sort();
      writeFileSync(file, `${JSON.stringify(recorded, undefined, 2)}\n`);
    }
    const gone = known.filter((name) => !now.includes(name));
    assert.deepEqual(gone, [], "these are gone: whoever has such a stack would lose them");
    const more = now.filter((name) => !(recorded[variant] ?? []).includes(name));
    assert.deepEqual(
      more,
      [],
      "these are new: record them with RECORD_NAMES=1 node --test test/names.test.ts",
    );
  });

test("no kind of stack is forgotten", () => {
  assert.deepEqual(Object.keys(recorded).sort(), Object.keys(variants).sort());
});
