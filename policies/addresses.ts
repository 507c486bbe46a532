import { isIP } from "node:net";

/** An address or range, as firewalls take them. */
export interface Range {
  /** Leading bits that are fixed. A single address has all. */
  prefix: number;
  /** Whether all of it is private: RFC 1918, carrier-grade NAT (RFC 6598), loopback, link-local, or IPv6's unique local addresses. */
  isPrivate: boolean;
  version: 4 | 6;
}

const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
].map((text) => {
  const [address = "", prefix = ""] = text.split("/");
  return { first: number(address), prefix: Number(prefix) };
});

function number(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

/** Undefined for what is no address and no range. */
export function range(text: string): Range | undefined {
  const [, address = "", bits] = /^([\d.]+|[\da-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const all = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? all : Number(bits);
  if (prefix > all) return undefined;
  return version === 4
    ? { prefix, version, isPrivate: isPrivate4(number(address), prefix) }
    : { prefix, version: 6, isPrivate: isPrivate6(address.toLowerCase(), prefix) };
}

function isPrivate4(address: number, prefix: number): boolean {
  return privateRanges.some((home) => {
    const size = 2 ** (32 - home.prefix);
    return prefix >= home.prefix && Math.floor(address / size) === Math.floor(home.first / size);
  });
}

function isPrivate6(address: string, prefix: number): boolean {
  if (address === "::1") return prefix === 128;
  return (/^f[cd]/.test(address) && prefix >= 7) || (/^fe[89ab]/.test(address) && prefix >= 10);
}

/**
 * Why a source is too wide to be anybody's own: the prefix of the range, for the message.
 *
 * @param widest shortest prefix of a public IPv4 range that is let through.
 * @returns undefined for what is narrow enough, and for what is no address.
 */
export function tooWide(text: string, widest: number): string | undefined {
  const found = range(text);
  if (!found || found.isPrivate) return undefined;
  // A /24 of IPv4 goes to one customer, and so does a /48 of IPv6.
  const least = found.version === 4 ? widest : Math.min(widest * 2, 128);
  return found.prefix < least ? `/${found.prefix}` : undefined;
}

/** Ports that a firewall's `portRange` opens: `22`, `20-25`, `all`, `0`; every port when there is none (ICMP has no ports). */
export function ports(text: string | undefined): { first: number; last: number } {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text?.trim() ?? "") ?? [];
  if (first === undefined || first === "0") return { first: 1, last: 65_535 };
  return { first: Number(first), last: Number(last ?? first) };
}
