import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** Public addresses that answer only within a cloud: the wire server of Azure, which hands out credentials. */
const NEVER_PUBLIC: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * To which addresses webhooks may go: those of the public internet (what the registries of IANA give to no special purpose, so neither loopback nor
 * link-local, private, shared or translated ones), and those of networks that the operator allows.
 */
export class Networks {
  private constructor(private readonly allowed: readonly Range[]) {}

  /** @param cidrs such as `10.1.0.0/16` or `fd12::/64`. @throws Error that names the one that is none. */
  static allowing(cidrs: readonly string[]): Networks {
    return new Networks(cidrs.map(rangeOf));
  }

  /** @param address an IP address as a resolver gives it; IPv4 within IPv6 counts as the IPv4 that it reaches. */
  mayReach(address: string): boolean {
    return this.isAllowed(address) || isPublic(address);
  }

  /** Whether the operator allows it by name of its network. */
  isAllowed(address: string): boolean {
    const given = parse(address);
    return given !== undefined && this.allowed.some(([network, bits]) => network.kind() === given.kind() && given.match(network, bits));
  }
}

function isPublic(text: string): boolean {
  const address = parse(text);
  return address?.range() === 'unicast' && !NEVER_PUBLIC.has(address.toString());
}

function parse(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

function rangeOf(cidr: string): Range {
  if (!ipaddr.isValidCIDR(cidr)) throw new Error(`"${cidr}" is no network: a CIDR such as 10.1.0.0/16 or fd12::/64 is expected`);
  return ipaddr.parseCIDR(cidr);
}
