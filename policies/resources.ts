import type { PolicyProviderResource, PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { Input, type Sink } from "./input.ts";
import { propertiesOf } from "./sdk.ts";

/** DigitalOcean's resources as rules see them. */

/** Type tokens. The SDK itself is never loaded: its classes cost a second of every preview. */
export const types = {
  app: "digitalocean:index/app:App",
  cdn: "digitalocean:index/cdn:Cdn",
  certificate: "digitalocean:index/certificate:Certificate",
  databaseCluster: "digitalocean:index/databaseCluster:DatabaseCluster",
  databaseConnectionPool: "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool",
  databaseDb: "digitalocean:index/databaseDb:DatabaseDb",
  databaseFirewall: "digitalocean:index/databaseFirewall:DatabaseFirewall",
  databaseLogsinkOpensearch: "digitalocean:index/databaseLogsinkOpensearch:DatabaseLogsinkOpensearch",
  databaseLogsinkRsyslog: "digitalocean:index/databaseLogsinkRsyslog:DatabaseLogsinkRsyslog",
  databaseMysqlConfig: "digitalocean:index/databaseMysqlConfig:DatabaseMysqlConfig",
  databasePostgresqlConfig: "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig",
  databaseRedisConfig: "digitalocean:index/databaseRedisConfig:DatabaseRedisConfig",
  databaseReplica: "digitalocean:index/databaseReplica:DatabaseReplica",
  databaseUser: "digitalocean:index/databaseUser:DatabaseUser",
  databaseValkeyConfig: "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig",
  dnsRecord: "digitalocean:index/dnsRecord:DnsRecord",
  domain: "digitalocean:index/domain:Domain",
  droplet: "digitalocean:index/droplet:Droplet",
  dropletAutoscale: "digitalocean:index/dropletAutoscale:DropletAutoscale",
  firewall: "digitalocean:index/firewall:Firewall",
  floatingIp: "digitalocean:index/floatingIp:FloatingIp",
  floatingIpAssignment: "digitalocean:index/floatingIpAssignment:FloatingIpAssignment",
  kubernetesCluster: "digitalocean:index/kubernetesCluster:KubernetesCluster",
  kubernetesNodePool: "digitalocean:index/kubernetesNodePool:KubernetesNodePool",
  loadBalancer: "digitalocean:index/loadBalancer:LoadBalancer",
  monitorAlert: "digitalocean:index/monitorAlert:MonitorAlert",
  reservedIp: "digitalocean:index/reservedIp:ReservedIp",
  reservedIpAssignment: "digitalocean:index/reservedIpAssignment:ReservedIpAssignment",
  spacesBucket: "digitalocean:index/spacesBucket:SpacesBucket",
  spacesBucketCorsConfiguration:
    "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration",
  spacesBucketObject: "digitalocean:index/spacesBucketObject:SpacesBucketObject",
  spacesBucketPolicy: "digitalocean:index/spacesBucketPolicy:SpacesBucketPolicy",
  spacesKey: "digitalocean:index/spacesKey:SpacesKey",
  sshKey: "digitalocean:index/sshKey:SshKey",
  tag: "digitalocean:index/tag:Tag",
  uptimeAlert: "digitalocean:index/uptimeAlert:UptimeAlert",
  uptimeCheck: "digitalocean:index/uptimeCheck:UptimeCheck",
  volume: "digitalocean:index/volume:Volume",
  vpc: "digitalocean:index/vpc:Vpc",
  vpcPeering: "digitalocean:index/vpcPeering:VpcPeering",
  stack: "pulumi:pulumi:Stack",
} as const;

/** A resource as a program declares it and, in the rules of a stack, as it is. */
export class Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly options: PolicyResource["opts"];
  readonly inputs: Input;
  /** What is known of it beyond its inputs, and defaults of what was left out. Before it is made, nearly all of it is unknown. */
  readonly outputs: Input;
  readonly #provider: PolicyProviderResource | undefined;
  readonly #sink: Sink;

  constructor(
    given: Pick<ResourceValidationArgs, "type" | "name" | "urn" | "opts" | "props" | "provider">,
    sink: Sink,
    inputs?: unknown,
  ) {
    this.type = given.type;
    this.name = given.name;
    this.urn = given.urn;
    this.options = given.opts;
    this.#provider = given.provider;
    this.#sink = sink;
    this.outputs = new Input(propertiesOf(given), sink);
    this.inputs = inputs === undefined ? this.outputs : new Input(inputs, sink);
  }

  /** Shorthand for a value among the inputs. */
  get(...keys: (string | number)[]): Input {
    return this.inputs.get(...keys);
  }

  /** What the resource's provider was configured with; absent for a default provider. */
  get provider(): Input {
    return new Input(this.#provider && propertiesOf(this.#provider), this.#sink);
  }

  /** Whether its provider talks to an API on this machine, where nothing is real. */
  get isRehearsed(): boolean {
    const endpoint = this.provider.get("apiEndpoint");
    if (endpoint.isUnknown) return false;
    const [, host = ""] = /^https?:\/\/(\[[^\]]*\]|[^:/]*)/.exec(endpoint.text() ?? "") ?? [];
    return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
  }
}

/** All resources of a stack. */
export class Stack {
  readonly #byType = new Map<string, Resource[]>();
  readonly #byUrn = new Map<string, Resource>();
  readonly #dependencies = new Map<string, PolicyResource["propertyDependencies"]>();
  /** Who has an input that comes from a resource: by its URN. Rules ask for each of many, so looking through all would take its square. */
  readonly #referrers = new Map<string, { from: Resource; input: string }[]>();
  /** Who has a value in an input, or has it from a resource: by type and input, then by value or URN. */
  readonly #holders = new Map<string, Map<string, Resource[]>>();
  readonly resources: readonly Resource[];

  /** @param inputsOf the inputs of a resource by its URN, as far as they were seen: a stack shows outputs alone. */
  constructor(resources: readonly PolicyResource[], sink: Sink, inputsOf: (urn: string) => unknown) {
    this.resources = resources.map((resource) => new Resource(resource, sink, inputsOf(resource.urn)));
    for (const resource of this.resources) {
      add(this.#byType, resource.type, resource);
      this.#byUrn.set(resource.urn, resource);
    }
    for (const [index, { urn, propertyDependencies }] of resources.entries()) {
      this.#dependencies.set(urn, propertyDependencies);
      const from = this.resources[index];
      for (const [input, targets] of Object.entries(propertyDependencies))
        for (const target of targets) if (from) add(this.#referrers, target.urn, { from, input });
    }
  }

  /** The resource of a URN. */
  at(urn: string): Resource | undefined {
    return this.#byUrn.get(urn);
  }

  /** Whoever has an input, whichever, that comes from a resource. */
  users(of: Resource): Resource[] {
    return [...new Set((this.#referrers.get(of.urn) ?? []).map(({ from }) => from))];
  }

  /** All that the inputs of a resource come from. */
  used(by: Resource): Resource[] {
    const targets = Object.values(this.#dependencies.get(by.urn) ?? {}).flat();
    return [...new Set(targets.map(({ urn }) => urn))].flatMap((urn) => this.at(urn) ?? []);
  }

  /** The resources of these types. */
  of(...wanted: string[]): Resource[] {
    return wanted.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /**
   * Whether one of a resource's inputs comes from another resource. That holds on a first preview too, when the ids are unknown.
   *
   * @param input name of the input, for example `clusterId`.
   */
  refersTo(from: Resource, input: string, to: Resource): boolean {
    return (this.#dependencies.get(from.urn)?.[input] ?? []).some(({ urn }) => urn === to.urn);
  }

  /** The resources of these types whose input comes from `to`, or has a value that `to` has for one of `keys`. */
  referring(to: Resource, input: string, wanted: string[], keys: string[] = []): Resource[] {
    const byUrn = (this.#referrers.get(to.urn) ?? []).filter(
      (each) => each.input === input && wanted.includes(each.from.type),
    );
    const values = keys.flatMap((key) => [...known(to.get(key)), ...known(to.outputs.get(key))]);
    return [...new Set([...byUrn.map(({ from }) => from), ...this.having(wanted, input, values)])];
  }

  /** The URNs of the resources of a type that an input comes from. */
  sources(from: Resource, input: string, type: string): string[] {
    const targets = this.#dependencies.get(from.urn)?.[input] ?? [];
    return targets.filter((target) => target.type === type).map(({ urn }) => urn);
  }

  /** The resources of these types that have one of the values in an input, or the input from the resource with one as its URN. */
  having(wanted: string[], input: string, values: readonly string[]): Resource[] {
    const found = wanted.flatMap((type) =>
      values.flatMap((value) => this.#held(type, input).get(value) ?? []),
    );
    return [...new Set(found)];
  }

  /** A value in an input of a type that only the deployment will tell, and that comes from no resource of the stack. */
  unknown(type: string, input: string): Input | undefined {
    const [open] = this.#held(type, input).get(UNKNOWN) ?? [];
    return open
      ?.get(input)
      .leaves()
      .find(({ isUnknown }) => isUnknown);
  }

  #held(type: string, input: string): Map<string, Resource[]> {
    const key = `${type} ${input}`;
    const before = this.#holders.get(key);
    if (before) return before;
    const holders = new Map<string, Resource[]>();
    for (const from of this.of(type)) {
      const value = from.get(input);
      const sources = (this.#dependencies.get(from.urn)?.[input] ?? []).map(({ urn }) => urn);
      for (const each of new Set([...known(value), ...sources])) add(holders, each, from);
      if (sources.length === 0 && value.leaves().some(({ isUnknown }) => isUnknown))
        add(holders, UNKNOWN, from);
    }
    this.#holders.set(key, holders);
    return holders;
  }
}

/** Stands for a value that only the deployment will tell: no input has it. */
const UNKNOWN = "\0unknown";

function add<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** The texts and numbers in a value, as texts, as far as they are known. */
export function known(input: Input | undefined): string[] {
  return (input?.leaves() ?? []).flatMap((leaf) => {
    if (leaf.isUnknown) return [];
    const { value } = leaf;
    return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
  });
}

/** A cluster's engine as the API names it, whatever capitals a program writes it in; empty when there is none. */
export const engineOf = (cluster: Resource): string => (cluster.get("engine").text() ?? "").toLowerCase();

/** Whatever runs in a template of droplets or as one droplet has its inputs here. */
export function machineOf(resource: Resource): Input {
  return resource.type === types.dropletAutoscale ? resource.get("dropletTemplate") : resource.inputs;
}

/** The parts of an app that run the product's own code. */
const componentKinds = ["services", "workers", "jobs", "functions", "staticSites"] as const;

/** The components of an app of some kinds, in order. */
export function componentsOf(
  app: Resource,
  kinds: readonly (typeof componentKinds)[number][] = componentKinds,
): Input[] {
  return kinds.flatMap((kind) => app.get("spec", kind).items());
}
