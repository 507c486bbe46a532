/** An IPv4 network: its first address as a number, and how many addresses it has. */
export interface Network {
  readonly start: number;
  readonly size: number;
}

const PRIVATE: Network[] = [network("10.0.0.0", 8), network("172.16.0.0", 12), network("192.168.0.0", 16)];
/** Ranges that DigitalOcean keeps for itself (https://docs.digitalocean.com/products/networking/vpc/details/limits/). */
const RESERVED: Network[] = [
  network("10.244.0.0", 16),
  network("10.245.0.0", 16),
  network("10.246.0.0", 24),
  network("10.229.0.0", 16),
];

/** The network that a CIDR names, when a VPC may have it: private (RFC 1918), from /28 to /16. */
export function privateRange(cidr: string): Network | undefined {
  const [, address, bits] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr) ?? [];
  if (address === undefined || bits === undefined || Number(bits) < 16 || Number(bits) > 28) return undefined;
  if (address.split(".").some((part) => Number(part) > 255)) return undefined;
  const range = network(address, Number(bits));
  if (numberOf(address) !== range.start || !PRIVATE.some((block) => within(range, block))) return undefined;
  return RESERVED.some((block) => overlaps(range, block)) ? undefined : range;
}

export const overlaps = (a: Network, b: Network): boolean =>
  a.start < b.start + b.size && b.start < a.start + a.size;

/** The first /20 at or after `from` that touches none of `taken`, as the platform picks one (API description, vpcs_create). */
export function freeRange(taken: readonly Network[], from: string): string {
  const size = 2 ** 12;
  for (let start = numberOf(from); start < numberOf("11.0.0.0"); start += size) {
    const range = { start, size };
    if (![...taken, ...RESERVED].some((other) => overlaps(range, other))) return `${text(start)}/20`;
  }
  throw new Error("no private range is left");
}

/** The address at a place in a network; it wraps around, so that every number names one. */
export const addressIn = (range: Network, place: number): string => text(range.start + (place % range.size));

export const netmask = ({ size }: Network): string => text(2 ** 32 - size);

function network(address: string, bits: number): Network {
  const size = 2 ** (32 - bits);
  return { start: Math.floor(numberOf(address) / size) * size, size };
}

const within = (inner: Network, outer: Network) =>
  inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;
function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

const text = (number: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
