import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, type Raw } from "../settings.ts";
import { report } from "./problem.ts";

/** What someone may write by mistake, each with the one line that answers it: where, what stands there, what may stand there. */

const here = "http://127.0.0.1:7480";
const uuid = "11111111-2222-3333-4444-555555555555";
const image = { repository: "product-api", tag: "v1" };
const prod = { environment: "prod", app: { image } };
const droplets = { compute: "droplets", domain: { name: "shop.example" } };
const dedicated = { instanceSize: "apps-d-1vcpu-1gb" };

/** Settings of stack `local` unless they name another environment. A line that ends with ... goes on with what else is allowed. */
const wrong: [what: string, config: Record<string, unknown>, line: string, around?: Partial<Raw>][] = [
  [
    "an unknown environment",
    { environment: "production" },
    'environment: "production" must be one of local, staging, prod',
  ],
  [
    "no environment",
    { environment: undefined },
    "environment is required: must be one of local, staging, prod",
  ],
  ["an unknown profile", { profile: "huge" }, 'profile: "huge" must be one of lean, ha'],
  ["a word for a switch", { rehearsal: "perhaps" }, 'rehearsal: "perhaps" must be true or false'],
  ["an unknown section", { postgress: {} }, "postgress: {} is not a setting; there are: environment, ..."],
  [
    "an unknown setting",
    { postgres: { sice: "db-s-1vcpu-1gb" } },
    'postgres.sice: "db-s-1vcpu-1gb" is not a setting; there are: provision, ...',
  ],
  [
    "an unknown setting of an import",
    { mongo: { name: "main", import: { cluster: uuid, users: ["app"] } } },
    'mongo.import.users: ["app"] is not a setting; there are: cluster, databases',
  ],
  ["a text for a section", { app: "product-api" }, 'app: "product-api" must have settings inside it: ...'],
  [
    "a list for a section",
    { network: ["10.0.0.0/20"] },
    'network: ["10.0.0.0/20"] must have settings inside it: ...',
  ],
  ["a text for a list", { tags: "product" }, 'tags: "product" must be a list'],
  [
    "a word for a number",
    { postgres: { nodeCount: "two" } },
    'postgres.nodeCount: "two" must be a whole number from 1 to 3',
  ],
  ["a fraction", { app: { instances: 1.5 } }, "app.instances: 1.5 must be a whole number from 1 to 250"],
  [
    "a number for a text",
    { project: { purpose: 7 } },
    "project.purpose: 7 must be text of 1 to 255 characters",
  ],
  [
    "no image",
    { environment: "prod", app: { image: { tag: "v1" } } },
    "app.image.repository is required: must be text, and not empty",
  ],

  [
    "a region that isn't one",
    { region: "mars1" },
    'region: "mars1" must be one of ams3, blr1, fra1, lon1, nyc1, sfo3, sgp1, syd1, tor1',
  ],
  [
    "a region whose VPCs no app can join",
    { region: "nyc3" },
    'region: "nyc3" must be one of ams3, blr1, fra1, lon1, nyc1, sfo3, sgp1, syd1, tor1',
  ],
  [
    "an app in another region",
    { region: "ams3", app: { region: "lon" } },
    'app.region: "lon" must be ams, the only region that can join a VPC in ams3',
  ],
  [
    "a bucket in no region of Spaces",
    { documents: { region: "blr2" } },
    'documents.region: "blr2" must be one of ams3, ...',
  ],
  [
    "a plan that PostgreSQL has not",
    { postgres: { size: "db-s-1vcpu-3gb" } },
    'postgres.size: "db-s-1vcpu-3gb" must be one of db-s-1vcpu-1gb, ...',
  ],
  [
    "a plan that MongoDB has not",
    { mongo: { size: "db-amd-1vcpu-1gb" } },
    'mongo.size: "db-amd-1vcpu-1gb" must be one of db-s-1vcpu-1gb, ...',
  ],
  [
    "a plan that apps had once",
    { app: { instanceSize: "basic-xxs" } },
    'app.instanceSize: "basic-xxs" must be one of apps-s-1vcpu-0.5gb, ...',
  ],
  [
    "a plan that droplets have not",
    { ...droplets, droplets: { size: "s-1vcpu-3gb" } },
    'droplets.size: "s-1vcpu-3gb" must be one of ...',
  ],
  [
    "a PostgreSQL that ends",
    { postgres: { version: "14" } },
    'postgres.version: "14" must be one of 15, 16, 17, 18',
  ],
  ["a MongoDB that has ended", { mongo: { version: "7.0" } }, 'mongo.version: "7.0" must be one of 8.0'],
  ["a Redis", { cache: { version: "7" } }, 'cache.version: "7" must be one of 8'],
  [
    "four nodes of PostgreSQL",
    { postgres: { nodeCount: 4 } },
    "postgres.nodeCount: 4 must be a whole number from 1 to 3",
  ],
  [
    "a standby on the smallest plan",
    { postgres: { size: "db-s-1vcpu-1gb", nodeCount: 2 } },
    "postgres.nodeCount: 2 must be 1 with db-s-1vcpu-1gb: standby nodes need a plan of 2 GiB or more",
  ],
  ["two nodes of MongoDB", { mongo: { nodeCount: 2 } }, "mongo.nodeCount: 2 must be 1 or 3"],
  [
    "three nodes of Valkey",
    { cache: { nodeCount: 3 } },
    "cache.nodeCount: 3 must be a whole number from 1 to 2",
  ],

  [
    "a range wider than a VPC",
    { network: { ipRange: "10.0.0.0/8" } },
    'network.ipRange: "10.0.0.0/8" must be between /16 and /24',
  ],
  [
    "a range narrower than a VPC",
    { network: { ipRange: "10.64.0.0/25" } },
    'network.ipRange: "10.64.0.0/25" must be between /16 and /24',
  ],
  [
    "public addresses",
    { network: { ipRange: "8.8.0.0/20" } },
    'network.ipRange: "8.8.0.0/20" must lie in a private range: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16',
  ],
  [
    "a range of DigitalOcean's own",
    { network: { ipRange: "10.244.0.0/20" } },
    'network.ipRange: "10.244.0.0/20" must not overlap 10.244.0.0/16, which DigitalOcean keeps for itself',
  ],
  [
    "a range that starts in the middle",
    { network: { ipRange: "10.64.0.1/20" } },
    'network.ipRange: "10.64.0.1/20" must start at the first address of a /20',
  ],
  [
    "ranges that overlap",
    { network: { separateData: true, ipRange: "10.64.0.0/20", appsIpRange: "10.64.8.0/22" } },
    'network.appsIpRange: "10.64.8.0/22" must not overlap network.ipRange, 10.64.0.0/20',
  ],
  [
    "a VPC's name for its id",
    { network: { vpcId: "my-vpc" } },
    'network.vpcId: "my-vpc" must be the UUID that DigitalOcean gave it',
  ],
  [
    "a range for a VPC that has one",
    { network: { vpcId: uuid, ipRange: "10.64.0.0/20" } },
    'network.ipRange: "10.64.0.0/20" can\'t go together with vpcId, whose VPC has its own',
  ],
  [
    "a database for everyone",
    { postgres: { trustedSources: ["0.0.0.0/0"] } },
    'postgres.trustedSources[0]: "0.0.0.0/0" must not be wider than /24: the database would be open to strangers',
  ],
  [
    "IPv6, which databases have not",
    { mongo: { trustedSources: ["::/0"] } },
    'mongo.trustedSources[0]: "::/0" must be an IPv4 address or range such as 203.0.113.7 or 203.0.113.0/28',
  ],
  [
    "SSH for everyone",
    { ...droplets, droplets: { sshFrom: ["0.0.0.0/0"] } },
    'droplets.sshFrom[0]: "0.0.0.0/0" must not be wider than /16: name who may log in',
  ],
  [
    "an address without its kind",
    { ...droplets, loadBalancer: { allow: ["10.0.0.1"] } },
    'loadBalancer.allow[0]: "10.0.0.1" must be ip:ADDRESS or cidr:RANGE, such as cidr:203.0.113.0/24',
  ],

  [
    "pools beyond the plan",
    { postgres: { size: "db-s-1vcpu-1gb", nodeCount: 1, pools: [{ name: "p", database: "app", size: 23 }] } },
    "postgres.pools hold 23 connections together, and db-s-1vcpu-1gb has 22: make them smaller or take a larger size",
  ],
  [
    "a pool of no database",
    { postgres: { pools: [{ name: "p", database: "shop", size: 2 }] } },
    'postgres.pools[0].database: "shop" must be one of the databases: app',
  ],
  [
    "the administrator for the product",
    { postgres: { databases: [{ name: "app", user: "doadmin" }] } },
    'postgres.databases[0].user: "doadmin" is the administrator: an application has its own user',
  ],
  [
    "no database at all",
    { postgres: { databases: [], pools: [] } },
    "postgres.databases: [] must have at least one entry",
  ],
  [
    "a disk of odd size",
    { postgres: { storageMib: 1000 } },
    "postgres.storageMib: 1000 must be a multiple of 1024",
  ],
  [
    "an hour in words",
    { postgres: { maintenance: { hour: "4 am" } } },
    'postgres.maintenance.hour: "4 am" must be HH:MM in UTC',
  ],
  [
    "a day with a capital",
    { mongo: { maintenance: { day: "Sunday" } } },
    'mongo.maintenance.day: "Sunday" must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
  ],
  [
    "a policy in Redis' old spelling",
    { cache: { evictionPolicy: "allkeys_lru" } },
    'cache.evictionPolicy: "allkeys_lru" must be one of noeviction, allkeys-lru, allkeys-random, volatile-lru, volatile-random, volatile-ttl',
  ],
  [
    "hour 24",
    { postgres: { config: { backupHour: 24 } } },
    "postgres.config.backupHour: 24 must be a whole number from 0 to 23",
  ],
  [
    "a cluster taken over by name",
    { postgres: { name: "main", import: { cluster: "main" } } },
    'postgres.import.cluster: "main" must be the UUID that DigitalOcean gave it',
  ],

  [
    "a name with a capital",
    { project: { name: "Shop" } },
    'project.name: "Shop" must be 2 to 17 lower-case letters, digits and dashes, starting with a letter',
  ],
  [
    "a name that is too long",
    { project: { name: "a-name-that-is-too-long" } },
    'project.name: "a-name-that-is-too-long" must be 2 to 17 lower-case letters, digits and dashes, starting with a letter',
  ],
  [
    "a tag with a capital",
    { tags: ["Product"] },
    'tags[0]: "Product" must be lower-case letters, digits, colons, dashes and underscores',
  ],
  [
    "a bucket with a dot",
    { documents: { name: "a.b" } },
    'documents.name: "a.b" must be 3 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends',
  ],
  [
    "a zone in capitals",
    { domain: { name: "Shop.Example" } },
    'domain.name: "Shop.Example" must be a host name such as www.example.com, in lower case',
  ],
  [
    "a host in another zone",
    { domain: { name: "shop.example", host: "www.other.example" } },
    'domain.host: "www.other.example" must be shop.example or inside it',
  ],

  [
    "a secret variable in clear",
    { secretEnv: { TOKEN: "hunter2" } },
    "secretEnv.TOKEN: [in clear] must be a secret: pulumi config set --secret --path 'breakwater:secretEnv.TOKEN'",
  ],
  [
    "a registry's password in clear",
    { registryCredentials: "me:hunter2", app: { image: { ...image, registryType: "GHCR", registry: "me" } } },
    "registryCredentials: [in clear] must be a secret: pulumi config set --secret breakwater:registryCredentials",
  ],
  [
    "a webhook in clear",
    { slackWebhook: "https://hooks.example/hunter2", app: { alerts: { slackChannel: "#ops" } } },
    "slackWebhook: [in clear] must be a secret: pulumi config set --secret breakwater:slackWebhook",
  ],
  [
    "an external database's address in clear",
    { postgres: { provision: "external" }, postgresUri: "postgres://app:hunter2@db.example/app" },
    "postgresUri: [in clear] must be a secret: pulumi config set --secret breakwater:postgresUri",
  ],
  [
    "an external database without address",
    { mongo: { provision: "external" } },
    "mongoUri is required with mongo.provision external",
  ],
  [
    "an external cache without TLS",
    { cache: { provision: "external" }, cacheUri: "redis://cache.example" },
    "cacheUri: [secret] must be rediss://...: one without TLS is refused",
    { secretKeys: ["cacheUri"] },
  ],
  [
    "a variable that the program sets",
    { app: { env: { DATABASE_URL: "postgres://elsewhere" } } },
    "app.env.DATABASE_URL can't be set here: it comes from the program",
  ],
  [
    "a variable with a dash",
    { app: { env: { "LOG-LEVEL": "info" } } },
    "app.env.LOG-LEVEL must be text, under a name of letters, digits and underscores",
  ],
  [
    "a variable from two places",
    { app: { env: { SECRET_KEY: "x" } } },
    "secrets.SECRET_KEY can't be set here: it comes from breakwater:app.env",
  ],

  [
    "a tag and a digest",
    { app: { image: { ...image, digest: `sha256:${"0".repeat(64)}` } } },
    "app.image needs either tag or digest, and not both",
  ],
  [
    "Docker Hub without an account",
    { app: { image: { ...image, registryType: "DOCKER_HUB" } } },
    "app.image needs a registry with DOCKER_HUB: the account that holds the image",
  ],
  ["port 0", { app: { port: 0 } }, "app.port: 0 must be a whole number from 1 to 65535"],
  [
    "a path without its slash",
    { app: { healthPath: "healthz" } },
    'app.healthPath: "healthz" must be a path that starts with /',
  ],
  [
    "scaling on a shared plan",
    { app: { instanceSize: "apps-s-1vcpu-1gb", autoscale: { min: 1, max: 3 } } },
    'app.autoscale: {"min":1,"max":3,"cpuPercent":70} needs a dedicated plan (apps-d-...), and apps-s-1vcpu-1gb shares its CPU',
  ],
  [
    "scaling upside down",
    { app: { ...dedicated, autoscale: { min: 5, max: 2 } } },
    'app.autoscale: {"min":5,"max":2,"cpuPercent":70} needs min below max',
  ],
  [
    "a number beside scaling",
    { app: { ...dedicated, instances: 2, autoscale: {} } },
    "app.instances: 2 can't go together with autoscale",
  ],
  [
    "an address that is none",
    { app: { alerts: { emails: ["ops"] } } },
    'app.alerts.emails[0]: "ops" must be an e-mail address',
  ],
  [
    "a channel without its webhook",
    { app: { alerts: { slackChannel: "#ops" } } },
    "slackWebhook is required with app.alerts.slackChannel",
  ],
  [
    "droplets without a domain",
    { compute: "droplets" },
    "domain is required with compute droplets: the load balancer's certificate is for it",
  ],
  [
    "no node of a balancer",
    { ...droplets, loadBalancer: { nodes: 0 } },
    "loadBalancer.nodes: 0 must be a whole number from 1 to 100",
  ],
  [
    "a key's name for the key",
    { ...droplets, droplets: { sshKeys: ["my key"] } },
    'droplets.sshKeys[0]: "my key" must be a public key such as ...',
  ],
  [
    "a time that the CDN has not",
    { assets: { ttlSeconds: 7 } },
    "assets.ttlSeconds: 7 must be one of 60, 600, 3600, 86400, 604800",
  ],
  [
    "a CDN's host without certificate",
    { assets: { customDomain: "cdn.example.com" } },
    "assets.certificateName is required with an assets.customDomain outside domain.name",
  ],
  ["a negative budget", { budget: -5 }, "budget: -5 must be a number of USD a month"],
  ["more than the budget", { budget: 10 }, "budget: 10 must be at least ..."],
  [
    "a part that isn't protected",
    { allowReplace: ["everything"] },
    'allowReplace[0]: "everything" must be one of network, ...',
  ],

  [
    "DigitalOcean's API for stack local",
    {},
    'digitalocean:apiEndpoint (DIGITALOCEAN_API_URL): "https://api.digitalocean.com" must be on this machine, such as http://127.0.0.1:7480 (npm start sets it)',
    { apiEndpoint: "https://api.digitalocean.com" },
  ],
  [
    "this machine's API for prod",
    prod,
    `digitalocean:apiEndpoint (DIGITALOCEAN_API_URL): "${here}" must not be on this machine: unset it to reach DigitalOcean`,
    { apiEndpoint: here },
  ],
  [
    "an API without TLS",
    prod,
    'digitalocean:apiEndpoint (DIGITALOCEAN_API_URL): "http://api.digitalocean.com" must be https: the token would travel in clear',
    { apiEndpoint: "http://api.digitalocean.com" },
  ],
];

/** The lines of a report, without their common beginning. */
function linesOf(config: Record<string, unknown>, around: Partial<Raw> = {}): string[] {
  const whole = { environment: "local", ...config };
  const apiEndpoint = whole.environment === "local" || config.environment === undefined ? here : undefined;
  const { problems = [] } = parse({ config: whole, apiEndpoint, ...around });
  return report(problems)
    .split("\n")
    .slice(1)
    .map((line) => line.trim().replace(/^breakwater:/, ""));
}

for (const [what, config, expected, around] of wrong)
  test(`one line for ${what}`, () => {
    const [line = "", ...more] = linesOf(config, around);
    assert.deepEqual(more, []);
    if (expected.endsWith("...")) assert.ok(line.startsWith(expected.slice(0, -3)), line);
    else assert.equal(line, expected);
    assert.doesNotMatch(line, /hunter2/);
  });

test("what is wrong here is distinct", () => {
  assert.ok(wrong.length >= 80);
  assert.equal(new Set(wrong.map(([, , line]) => line)).size, wrong.length);
});
