/** An IPv4 range: the first address as a number, and how many leading bits are fixed. */
interface Range {
  first: number;
  last: number;
  prefix: number;
}

/** What RFC 1918 sets aside for private networks: DigitalOcean's VPCs lie in these. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Ranges that DigitalOcean keeps for itself in every region: three of its Kubernetes service, and since March 2025
 * one for internal use (DigitalOcean's release notes). A VPC may not overlap one.
 */
const reservedRanges = ["10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24"];

/** Ranges that DigitalOcean keeps in one datacentre alone. */
const regionalRanges: Record<string, string[]> = { nyc1: ["10.10.0.0/16"] };

/** @returns the range that `text` names, or undefined when it is not IPv4 in CIDR notation. A bare address is a /32. */
function parse(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (!match) return undefined;
  const octets = match.slice(1, 5).map(Number);
  const prefix = match[5] === undefined ? 32 : Number(match[5]);
  if (octets.some((octet) => octet > 255) || prefix > 32) return undefined;
  const first = octets.reduce((address, octet) => address * 256 + octet, 0);
  return { first, last: first + 2 ** (32 - prefix) - 1, prefix };
}

function within(inner: Range, outer: Range): boolean {
  return inner.first >= outer.first && inner.last <= outer.last;
}

/** Whether two ranges share an address. False when either is no range. */
export function overlaps(a: string, b: string): boolean {
  const [x, y] = [parse(a), parse(b)];
  return x !== undefined && y !== undefined && x.first <= y.last && y.first <= x.last;
}

/**
 * Why `text` can't be the range of a VPC.
 *
 * @returns what is allowed, or undefined when the range is good.
 */
export function vpcRangeProblem(text: string, region?: string): string | undefined {
  const range = parse(text);
  if (!range || !text.includes("/")) return "must be an IPv4 range such as 10.100.0.0/20";
  if (range.prefix < 16 || range.prefix > 24) return "must be between /16 and /24";
  if (range.first % 2 ** (32 - range.prefix) !== 0)
    return `must start at the first address of a /${range.prefix}`;
  const home = privateRanges.map((outer) => parse(outer)).some((outer) => outer && within(range, outer));
  if (!home) return `must lie in a private range: ${privateRanges.join(", ")}`;
  const taken = [...reservedRanges, ...(regionalRanges[region ?? ""] ?? [])].find((r) => overlaps(text, r));
  return taken && `must not overlap ${taken}, which DigitalOcean keeps for itself`;
}

/**
 * Why `text` can't be a trusted source of a database: it is no address or range, or so wide that trusting it means
 * trusting strangers (a public range wider than /24, or a private one wider than a VPC can be).
 *
 * @returns what is allowed, or undefined when the source is good.
 */
export function trustedSourceProblem(text: string): string | undefined {
  const range = parse(text);
  if (!range) return "must be an IPv4 address or range such as 203.0.113.7 or 203.0.113.0/28";
  const home = privateRanges.map((outer) => parse(outer)).some((outer) => outer && within(range, outer));
  const widest = home ? 16 : 24;
  if (range.prefix < widest)
    return `must not be wider than /${widest}: the database would be open to strangers`;
  return undefined;
}
