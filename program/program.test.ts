import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import type { Registered } from "../components/testing.ts";
import { costLines, totalOf } from "../settings/costs.ts";
import { protectedParts } from "../settings/protected.ts";
import { inner } from "../settings/schema-kit.ts";
import { runProgram, surroundings } from "../settings/testing.ts";
import { parse, schema } from "../settings.ts";

/** Whatever settings are valid, the plan that follows from them keeps its promises. */

type Config = Record<string, unknown>;
/** One setting with a value that it may have by itself. */
type Choice = { path: string[]; value: unknown };

/** Every setting whose type says what it may be, with such values. */
function choices(type: z.core.$ZodType, path: string[]): fc.Arbitrary<Choice>[] {
  const kind = inner(type);
  if (kind instanceof z.ZodObject)
    return Object.entries(kind.shape).flatMap(([key, child]) => choices(child, [...path, key]));
  const values = valuesOf(kind);
  return values ? [values.map((value) => ({ path, value }))] : [];
}

function valuesOf(kind: z.core.$ZodType): fc.Arbitrary<unknown> | undefined {
  if (kind instanceof z.ZodEnum) return fc.constantFrom(...kind.options);
  if (kind instanceof z.ZodLiteral) return fc.constantFrom(...kind.values);
  if (kind instanceof z.ZodBoolean) return fc.boolean();
  if (kind instanceof z.ZodNumber) {
    const { minValue: min, maxValue: max } = kind;
    if (Number.isSafeInteger(min) && Number.isSafeInteger(max))
      return fc.integer({ min: Number(min), max: Number(max) });
  }
  return undefined;
}

function withChoice(config: Config, [key = "", ...rest]: string[], value: unknown): Config {
  const child = config[key];
  const below = typeof child === "object" && child !== null ? (child as Config) : {};
  return { ...config, [key]: rest.length ? withChoice(below, rest, value) : value };
}

/** Settings that the base below decides. */
const fixed = new Set(["environment", "rehearsal"]);
const open = Object.entries(schema.shape).filter(([key]) => !fixed.has(key));
const one = fc.oneof(...open.flatMap(([key, type]) => choices(type, [key])));
/** In every secret, so that it can be found wherever one goes. */
const planted = "planted-0f6c";
const uris = {
  postgres: { postgresUri: `postgresql://u:${planted}@db.example/app?sslmode=verify-full` },
  mongo: { mongoUri: `mongodb+srv://u:${planted}@mongo.example/app` },
  cache: { cacheUri: `rediss://default:${planted}@cache.example:6380/0` },
};
const sections = ["postgres", "mongo", "cache"] as const;
/** Some of the databases are somebody else's. */
const external = fc
  .subarray([...sections])
  .map((chosen) =>
    Object.assign({}, ...chosen.map((name) => ({ [name]: { provision: "external" }, ...uris[name] }))),
  );
const base = fc.record({
  environment: fc.constantFrom("local", "staging", "prod"),
  rehearsal: fc.boolean(),
  app: fc.constant({ image: { repository: "product-api", tag: "v1" }, migrateCommand: "migrate" }),
  droplets: fc.constant({ sshKeys: ["3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:fa"] }),
  registryCredentials: fc.constant(`u:${planted}`),
  secretEnv: fc.constant({ MAIL_API_KEY: planted }),
  compute: fc.constantFrom("app-platform", "droplets"),
  domain: fc.constantFrom({ name: "example.com" }, { name: "example.com", host: "api.example.com" }),
  network: fc.constantFrom({}, { separateData: true }, { ipRange: "10.64.0.0/16" }),
  project: fc.record({ name: fc.stringMatching(/^[a-z][a-z0-9]{1,16}$/) }),
});
const valid = fc
  .tuple(base, external, fc.array(one, { maxLength: 8 }))
  .map(([config, others, more]) =>
    more.reduce<Config>((all, { path, value }) => withChoice(all, path, value), { ...config, ...others }),
  )
  .filter((config) => parse({ config, ...surroundings(config) }).problems === undefined);

const short = (type: string) => type.split(":").at(-1) ?? "";
const template = ({ inputs }: Registered) => inputs.dropletTemplate as { vpcUuid?: string; tags: string[] };
const spec = ({ inputs }: Registered) => inputs.spec as { name: string; vpcs?: { id: string }[] };

/** Where a resource is, for those that can be inside a VPC. */
const place: Record<string, (resource: Registered) => unknown> = {
  DatabaseCluster: ({ inputs }) => inputs.privateNetworkUuid,
  LoadBalancer: ({ inputs }) => inputs.vpcUuid,
  DropletAutoscale: (resource) => template(resource).vpcUuid,
  App: (resource) => spec(resource).vpcs?.[0]?.id,
  VpcNatGateway: ({ inputs }) => (inputs.vpcs as { vpcUuid: string }[])[0]?.vpcUuid,
};

test("any valid settings of any environment, rehearsed or not, give a plan in the VPC, behind firewalls, protected, named, tagged, costed, and with secrets kept", async () => {
  await fc.assert(
    fc.asyncProperty(valid, async (config) => {
      const { settings } = parse({ config, ...surroundings(config) });
      assert.ok(settings);
      const { environment, rehearsal, allowReplace, retain } = settings;
      const { resources: all, result } = await runProgram(config);
      const resources = all.filter(({ type }) => type.startsWith("digitalocean:"));
      const prefix = `${settings.project.name}-${environment}`;
      const networks = resources.filter(({ type }) => short(type) === "Vpc").map(({ name }) => `${name}-id`);
      const of = (type: string) => resources.filter((resource) => short(resource.type) === type);

      for (const resource of resources) {
        const where = place[short(resource.type)]?.(resource);
        if (place[short(resource.type)])
          assert.ok(networks.includes(String(where)), `${resource.name} is in no VPC`);
        const part = protectedParts.find(
          ({ component, type }) => type === resource.type && resource.name.startsWith(`${component}-`),
        );
        if (part)
          assert.equal(resource.protect, !rehearsal && !allowReplace.includes(part.name), resource.name);
        // What a rehearsal makes goes with it, and so does what is on this machine unless the settings say otherwise; a database's
        // firewall goes with its cluster.
        if (rehearsal || !retain)
          assert.ok(
            !resource.retainOnDelete || short(resource.type) === "DatabaseFirewall",
            `${resource.name} would stay`,
          );
        else if (part && !part.name.endsWith(".users") && !allowReplace.includes(part.name))
          assert.ok(resource.retainOnDelete, `${resource.name} would go with its entry in the program`);
        // The mocks' engine takes secrets out of their wrapping, and tells where they were.
        if (JSON.stringify(resource.inputs).includes(planted))
          assert.notDeepEqual(resource.secrets, [], `${resource.name} has a secret in clear`);
      }
      for (const section of sections)
        if (settings[section].provision !== "managed")
          assert.ok(!of("DatabaseCluster").some(({ name }) => name.startsWith(`${section}-`)), section);
      for (const { name } of of("DatabaseCluster")) {
        const firewall = of("DatabaseFirewall").find(({ inputs }) => inputs.clusterId === `${name}-id`);
        assert.ok(firewall, `${name} has no firewall`);
        const rules = firewall.inputs.rules as { value: string }[];
        assert.ok(
          rules.length > 0 && rules.every(({ value }) => !value.endsWith("/0")),
          `${name}: ${JSON.stringify(rules)}`,
        );
      }
      for (const pool of of("DropletAutoscale")) {
        const { tags } = template(pool);
        const guards = of("Firewall").filter(({ inputs }) =>
          (inputs.tags as string[]).some((tag) => tags.includes(tag)),
        );
        assert.equal(guards.length, 1, `${pool.name} has no firewall`);
        assert.ok(tags.includes(prefix), `${pool.name} is not tagged`);
      }
      for (const cluster of of("DatabaseCluster"))
        assert.ok((cluster.inputs.tags as string[]).includes(prefix), `${cluster.name} is not tagged`);
      for (const type of [
        "Vpc",
        "DatabaseCluster",
        "LoadBalancer",
        "Firewall",
        "SpacesBucket",
        "VpcNatGateway",
      ])
        for (const { name, inputs } of of(type)) assert.ok(String(inputs.name).startsWith(prefix), name);
      for (const app of of("App")) assert.ok(spec(app).name.startsWith(prefix), app.name);

      const lines = costLines(settings);
      assert.deepEqual(result.monthlyCost, totalOf(lines));
      const paid = new Set(lines.map(({ component }) => component));
      for (const type of [
        "DatabaseCluster",
        "LoadBalancer",
        "DropletAutoscale",
        "SpacesBucket",
        "UptimeCheck",
      ])
        for (const { name } of of(type))
          assert.ok(
            [...paid].some((component) => name.startsWith(`${component}-`)),
            `${name} costs nothing`,
          );
    }),
    { numRuns: 60 },
  );
});
