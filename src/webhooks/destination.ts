import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Networks } from './networks.js';

/** All addresses of a host name. @throws Error where it has none. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

const lookupBySystem: Lookup = (host) => systemLookup(host, { all: true });

/** The receiver is where webhooks may not go. Its message names no address: what a name resolves to within a network is not for everybody. */
export class DestinationForbiddenError extends Error {
  override readonly name = 'DestinationForbiddenError';
}

/**
 * The address to connect to, resolved once, so that what was checked is what is connected to. One address that is not allowed refuses them all:
 * a receiver that is both public and internal is a trick.
 * @throws DestinationForbiddenError; Error of the resolver.
 */
export async function destinationOf(url: URL, networks: Networks, lookup: Lookup = lookupBySystem): Promise<LookupAddress> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await lookup(host) : [{ address: host, family }];
  const [first] = addresses;
  if (!first) throw new Error(`${host} has no address`);
  const plain = url.protocol === 'http:';
  if (addresses.every(({ address }) => (plain ? networks.isAllowed(address) : networks.mayReach(address)))) return first;
  throw new DestinationForbiddenError(
    plain
      ? `${host} is not in a network that the operator allows: receivers elsewhere need https`
      : `${host} is at an address that webhooks may not go to: have the operator allow its network, or give a public one`,
  );
}

/** Of an IPv6 address, without the brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
