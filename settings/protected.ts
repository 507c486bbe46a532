/**
 * The parts of a stack that are protected: the one table of them. `allowReplace` in the settings names them, components
 * get their protection by it, and commands tell by it which part a refusal was about.
 */

interface Part {
  /** Logical name of the component, with which the names of its resources begin. */
  component: string;
  /** What the component's `Protection` calls the part. */
  part: string;
  /** What `allowReplace` calls it. */
  name: string;
  /** Token of the protected resources. */
  type: string;
  /** The part, as `allowReplace` calls it, whose replacement replaces this one as well. */
  within?: string | readonly string[];
}

const cluster = "digitalocean:index/databaseCluster:DatabaseCluster";
const bucket = "digitalocean:index/spacesBucket:SpacesBucket";
const database = "digitalocean:index/databaseDb:DatabaseDb";
const user = "digitalocean:index/databaseUser:DatabaseUser";

export const protectedParts = [
  { component: "network", part: "vpc", name: "network", type: "digitalocean:index/vpc:Vpc" },
  { component: "apps-network", part: "vpc", name: "network.apps", type: "digitalocean:index/vpc:Vpc" },
  { component: "postgres", part: "cluster", name: "postgres.cluster", type: cluster, within: "network" },
  {
    component: "postgres",
    part: "databases",
    name: "postgres.databases",
    type: database,
    within: "postgres.cluster",
  },
  { component: "postgres", part: "users", name: "postgres.users", type: user, within: "postgres.cluster" },
  { component: "mongo", part: "cluster", name: "mongo.cluster", type: cluster, within: "network" },
  { component: "mongo", part: "databases", name: "mongo.databases", type: database, within: "mongo.cluster" },
  { component: "mongo", part: "users", name: "mongo.users", type: user, within: "mongo.cluster" },
  { component: "cache", part: "cluster", name: "cache.cluster", type: cluster, within: "network" },
  {
    component: "load-balancer",
    part: "balancer",
    name: "loadBalancer",
    type: "digitalocean:index/loadBalancer:LoadBalancer",
    within: ["network", "network.apps"],
  },
  { component: "documents", part: "bucket", name: "documents.bucket", type: bucket },
  { component: "assets", part: "bucket", name: "assets.bucket", type: bucket },
  { component: "dumps", part: "bucket", name: "recovery.dumps.bucket", type: bucket },
  { component: "domain", part: "zone", name: "domain", type: "digitalocean:index/domain:Domain" },
] as const satisfies Part[];

type Row = (typeof protectedParts)[number];

/** A component that has protected parts. */
export type ProtectedComponent = Row["component"];
/** The protected parts of a component. */
export type PartOf<C extends ProtectedComponent> = Extract<Row, { component: C }>["part"];
/** Token of a resource that is protected. */
export type ProtectedType = Row["type"];

/** Everything that `allowReplace` may name. */
export const replaceable = protectedParts.map(({ name }) => name);

/** What `allowReplace` must name before a protected resource can go: itself, and what goes with it. */
export function partsToAllow(urn: string): string[] {
  const [, , types = "", resource = ""] = urn.split("::");
  const type = types.split("$").pop();
  const parts: Part[] = protectedParts;
  const found = parts.filter((part) => part.type === type && resource.startsWith(`${part.component}-`));
  const withIn = ({ name }: Part): string[] => [
    name,
    ...parts.filter(({ within = [] }) => [within].flat().includes(name)).flatMap(withIn),
  ];
  return found.flatMap(withIn);
}
