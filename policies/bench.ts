import { judge, resource, secret, type TestResource, unknown } from "./kit.ts";
import { types } from "./resources.ts";
import type { ResourceRule } from "./rule.ts";
import { rules } from "./rules/index.ts";

/**
 * Judges as many resources as its argument says, by every rule or by one that says nothing, in the protocol's messages and on a cold
 * start, as the engine's preview does. Prints the milliseconds of CPU that it took: those are the same on a busy machine.
 */

const nothing: ResourceRule = {
  name: "nothing",
  description: "Nothing is asked for.",
  group: "hygiene",
  severity: "low",
  level: "advisory",
  url: "https://www.pulumi.com/docs/iac/crossguard/",
  fix: "do nothing",
  types: [],
  check: () => undefined,
};

const variables = Array.from({ length: 12 }, (_, index) => ({ key: `SETTING_${index}`, value: "on" }));

/** A product of ten resources. */
function product(index: number): TestResource[] {
  const of = `p${index}`;
  const make = (type: string, name: string, inputs: object, refers: Record<string, TestResource[]> = {}) =>
    resource(type, { ...inputs }, { name: `${of}-${name}`, protect: true, refers });
  const vpc = make(types.vpc, "vpc", { region: "fra1", ipRange: "10.0.0.0/16" });
  const common = { region: "fra1", tags: [of] };
  const cluster = make(
    types.databaseCluster,
    "db",
    {
      ...common,
      engine: "pg",
      version: "17",
      size: "db-s-1vcpu-2gb",
      nodeCount: 2,
      privateNetworkUuid: unknown,
    },
    { privateNetworkUuid: [vpc] },
  );
  const droplet = make(
    types.droplet,
    "web",
    {
      ...common,
      image: "ubuntu-24-04-x64",
      size: "s-1vcpu-1gb",
      backups: true,
      vpcUuid: unknown,
      sshKeys: [unknown],
    },
    { vpcUuid: [vpc] },
  );
  const bucket = make(types.spacesBucket, "files", {
    region: "fra1",
    acl: "private",
    versioning: { enabled: true },
  });
  const inbound = { protocol: "tcp", portRange: "8080", sourceLoadBalancerUids: [unknown] };
  const entry = {
    entryPort: 443,
    entryProtocol: "https",
    targetPort: 8080,
    targetProtocol: "http",
    certificateName: of,
  };
  const envs = [...variables, { key: "TOKEN", type: "SECRET", value: secret(of) }];
  const trusted = [{ type: "ip_addr", value: "10.0.0.0/16" }];
  return [
    vpc,
    cluster,
    make(types.databaseFirewall, "trusted", { clusterId: unknown, rules: trusted }, { clusterId: [cluster] }),
    droplet,
    make(types.firewall, "firewall", { tags: [of], inboundRules: [inbound] }),
    make(types.loadBalancer, "lb", { region: "fra1", dropletTag: of, forwardingRules: [entry] }),
    make(
      types.monitorAlert,
      "alert",
      { type: "v1/dbaas/alerts/cpu_alerts", entities: [unknown] },
      { entities: [cluster] },
    ),
    bucket,
    make(types.spacesKey, "key", { grants: [{ bucket: of, permission: "readwrite" }] }),
    make(types.app, "app", { spec: { name: of, region: "fra", services: [{ name: "api", envs }] } }),
  ];
}

const [count = "", which] = process.argv.slice(2);
const resources = Array.from({ length: Number(count) / 10 }, (_, index) => product(index)).flat();
const before = process.cpuUsage();
await judge(which === "every" ? rules : [nothing], resources);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
