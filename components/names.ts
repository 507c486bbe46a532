interface Rule {
  /** What the platform accepts. */
  pattern: RegExp;
  max: number;
  /** The pattern in words. */
  words: string;
}

const words = {
  vpc: "letters, digits, dashes and dots",
  slug: "lower-case letters, digits and dashes, starting with a letter and ending with a letter or digit",
  sql: "lower-case letters, digits, dashes and underscores, starting with a letter",
  tag: "lower-case letters, digits, colons, dashes and underscores",
  host: "a host name such as www.example.com, in lower case",
  label: "letters, digits, dashes and dots",
  bucket: "lower-case letters, digits and dashes, at least 3, with a letter or digit at both ends",
  any: "any text",
};

/**
 * What each kind of resource may be called at DigitalOcean. A type that is not listed has not been thought about:
 * asking for its name fails, so that nobody forgets the decision.
 *
 * Limits: app names from DigitalOcean's app specification, VPC and project names from its API description,
 * SQL identifiers from PostgreSQL (63 bytes).
 */
const rules: Record<string, Rule> = {
  "digitalocean:index/vpc:Vpc": { pattern: /^[A-Za-z0-9.-]+$/, max: 255, words: words.vpc },
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    pattern: /^[a-z][a-z0-9-]*[a-z0-9]$/,
    max: 63,
    words: words.slug,
  },
  "digitalocean:index/databaseDb:DatabaseDb": { pattern: /^[a-z][a-z0-9_-]*$/, max: 63, words: words.sql },
  "digitalocean:index/databaseUser:DatabaseUser": {
    pattern: /^[a-z][a-z0-9_-]*$/,
    max: 63,
    words: words.sql,
  },
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": {
    pattern: /^[a-z][a-z0-9_-]*$/,
    max: 63,
    words: words.sql,
  },
  "digitalocean:index/app:App": {
    pattern: /^[a-z][a-z0-9-]*[a-z0-9]$/,
    max: 32,
    words: words.slug,
  },
  // The capitals of a tag's first use are what its API paths need from then on: none is used.
  "digitalocean:index/tag:Tag": { pattern: /^[a-z0-9:_-]+$/, max: 255, words: words.tag },
  "digitalocean:index/domain:Domain": {
    pattern: /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    max: 253,
    words: words.host,
  },
  "digitalocean:index/loadBalancer:LoadBalancer": {
    pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
    max: 255,
    words: words.label,
  },
  "digitalocean:index/firewall:Firewall": {
    pattern: /^[A-Za-z0-9][A-Za-z0-9.-]*$/,
    max: 255,
    words: words.label,
  },
  "digitalocean:index/vpcPeering:VpcPeering": { pattern: /^[A-Za-z0-9.-]+$/, max: 255, words: words.vpc },
  "digitalocean:index/vpcNatGateway:VpcNatGateway": {
    pattern: /^[A-Za-z0-9.-]+$/,
    max: 255,
    words: words.vpc,
  },
  // S3's names but for dots, which break the certificate of bucket and CDN.
  "digitalocean:index/spacesBucket:SpacesBucket": {
    pattern: /^[a-z0-9][a-z0-9-]+[a-z0-9]$/,
    max: 63,
    words: words.bucket,
  },
  "digitalocean:index/project:Project": { pattern: /^.+$/, max: 175, words: words.any },
};

/**
 * Why `name` can't be the name of a resource of `type` at DigitalOcean.
 *
 * @param type the resource's type token.
 * @returns what is allowed, or undefined when the name is good.
 * @throws RunError when nothing is known about names of this type.
 */
export function nameProblem(type: string, name: string): string | undefined {
  const rule = rules[type];
  if (!rule) throw new Error(`no rule for names of ${type}: add one to components/names.ts`);
  if (name.length <= rule.max && rule.pattern.test(name)) return undefined;
  return `must be at most ${rule.max} characters of ${rule.words}`;
}
