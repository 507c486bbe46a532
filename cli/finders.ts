import type { ProtectedType } from "../settings/protected.ts";
import { at } from "./json.ts";

/** How resources are found again on the cloud by what they are called, when the state does not know them. */

/** Properties of a resource as the program gives them. */
export type Inputs = Record<string, unknown>;

/** How a resource of a type is found: `inputs` are those of the resource that a preview would create. */
export interface Finder {
  /** The list's path; undefined while the owner is not known. */
  list: (inputs: Inputs) => string | undefined;
  /** Root key of the list's answer. */
  many: string;
  /** What tells an item of the list from the others. */
  name: (item: unknown) => unknown;
  /** What that would be of the resource. */
  wanted: (inputs: Inputs) => unknown;
  /** Pulumi's import id. */
  id: (item: unknown, inputs: Inputs) => string;
  /**
   * Where to delete an item that is of no use to anyone: what it was made for is told once and was lost, or it can't become what the
   * program makes. Undefined for one that can be imported.
   */
  lost?: (item: unknown, inputs: Inputs) => string | undefined;
  /** DigitalOcean's API has no such list: what has a name in the settings is then taken for there, and its import tells if it is not. */
  unlisted?: true;
}

/** How a preview writes a value that only the deployment will tell. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const known = (value: unknown): value is string => typeof value === "string" && value !== UNKNOWN;

const byName = (list: string, many: string): Finder => ({
  list: () => list,
  many,
  name: (item) => at(item, "name"),
  wanted: (inputs) => inputs.name,
  id: (item) => String(at(item, "id")),
});

const namedItself = (list: string, many: string): Finder => ({
  ...byName(list, many),
  id: (item) => String(at(item, "name")),
});

const ofCluster = (path: string, many: string): Finder => ({
  ...byName("", many),
  list: ({ clusterId }) => (known(clusterId) ? `/v2/databases/${clusterId}/${path}` : undefined),
  id: (item, { clusterId }) => `${clusterId},${at(item, "name")}`,
});

const listed = (value: unknown) => (Array.isArray(value) ? value.map(String).sort().join() : undefined);

/** What is not listed here is written as a whole (firewall rules, configuration, a project's resources): creating it twice is one. */
export const finders: Record<ProtectedType, Finder> & Record<string, Finder> = {
  "digitalocean:index/vpc:Vpc": byName("/v2/vpcs", "vpcs"),
  "digitalocean:index/vpcPeering:VpcPeering": byName("/v2/vpc_peerings", "vpc_peerings"),
  "digitalocean:index/vpcNatGateway:VpcNatGateway": byName("/v2/vpc_nat_gateways", "vpc_nat_gateways"),
  "digitalocean:index/project:Project": byName("/v2/projects", "projects"),
  "digitalocean:index/tag:Tag": namedItself("/v2/tags", "tags"),
  "digitalocean:index/databaseCluster:DatabaseCluster": byName("/v2/databases", "databases"),
  "digitalocean:index/databaseUser:DatabaseUser": {
    ...ofCluster("users", "users"),
    // Nobody can ask for the password of a MongoDB user again.
    lost: (item, { clusterId }) =>
      at(item, "password") ? undefined : `/v2/databases/${clusterId}/users/${at(item, "name")}`,
  },
  "digitalocean:index/databaseDb:DatabaseDb": ofCluster("dbs", "dbs"),
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": ofCluster("pools", "pools"),
  "digitalocean:index/app:App": {
    ...byName("/v2/apps", "apps"),
    name: (item) => at(item, "spec", "name"),
    wanted: (inputs) => at(inputs, "spec", "name"),
  },
  "digitalocean:index/loadBalancer:LoadBalancer": byName("/v2/load_balancers", "load_balancers"),
  "digitalocean:index/firewall:Firewall": byName("/v2/firewalls", "firewalls"),
  "digitalocean:index/sshKey:SshKey": byName("/v2/account/keys", "ssh_keys"),
  // Its name is made anew by each preview; the tag is the fleet's. It can't be taken over, since its name can't be changed to the
  // new one. Nothing is kept on its droplets.
  "digitalocean:index/dropletAutoscale:DropletAutoscale": {
    ...byName("/v2/droplets/autoscale", "autoscale_pools"),
    name: (item) => listed(at(item, "droplet_template", "tags")),
    wanted: (inputs) => listed(at(inputs, "dropletTemplate", "tags")),
    lost: (item) => `/v2/droplets/autoscale/${at(item, "id")}/dangerous`,
  },
  "digitalocean:index/domain:Domain": namedItself("/v2/domains", "domains"),
  "digitalocean:index/dnsRecord:DnsRecord": {
    ...byName("", "domain_records"),
    list: ({ domain }) => (known(domain) ? `/v2/domains/${domain}/records` : undefined),
    name: (item) => `${at(item, "type")} ${at(item, "name")} ${at(item, "data")}`,
    wanted: ({ type, name, value }) => `${type} ${name} ${String(value).replace(/\.$/, "")}`,
    id: (item, { domain }) => `${domain},${at(item, "id")}`,
  },
  // Its name is made anew by each preview.
  "digitalocean:index/certificate:Certificate": {
    ...namedItself("/v2/certificates", "certificates"),
    name: (item) => listed(at(item, "dns_names")),
    wanted: (inputs) => listed(inputs.domains),
  },
  "digitalocean:index/monitorAlert:MonitorAlert": {
    ...byName("/v2/monitoring/alerts", "policies"),
    name: (item) => at(item, "description"),
    wanted: (inputs) => inputs.description,
    id: (item) => String(at(item, "uuid")),
  },
  "digitalocean:index/uptimeCheck:UptimeCheck": byName("/v2/uptime/checks", "checks"),
  "digitalocean:index/uptimeAlert:UptimeAlert": {
    ...byName("", "alerts"),
    list: ({ checkId }) => (known(checkId) ? `/v2/uptime/checks/${checkId}/alerts` : undefined),
    id: (item, { checkId }) => `${checkId},${at(item, "id")}`,
  },
  "digitalocean:index/spacesKey:SpacesKey": {
    ...byName("/v2/spaces/keys", "keys"),
    lost: (item) => `/v2/spaces/keys/${at(item, "access_key")}`,
  },
  // Spaces have no list in the API, but the local cloud knows what it has.
  "digitalocean:index/spacesBucket:SpacesBucket": {
    ...byName("/_local/contents", "contents"),
    name: (item) => at(item, "kind") === "bucket" && at(item, "name"),
    wanted: ({ name }) => (known(name) ? name : undefined),
    id: (_, { region, name }) => `${region},${name}`,
    unlisted: true,
  },
  "digitalocean:index/cdn:Cdn": {
    ...byName("/v2/cdn/endpoints", "endpoints"),
    name: (item) => at(item, "origin"),
    wanted: (inputs) => inputs.origin,
  },
};
