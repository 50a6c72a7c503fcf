import { isIP } from 'node:net';
import type { Access } from './access.js';
import type { Variables } from './variables.js';

/** How much may be asked for within a minute. docs/limits.md tells what is counted. */
export interface RateLimits {
  /** Cost of the operations of one token, or of one address where everybody is let in; undefined: any. */
  readonly cost?: number | undefined;
  /** Tries of one address to come in without a good token; undefined: any. */
  readonly refusals?: number | undefined;
  /** Addresses and networks of proxies, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/** A third of what one node answers within a minute. */
const COST_OF_TOKEN = 10_000_000;
const REFUSALS = 100;

export function readRateLimits(variables: Variables, access: Access): RateLimits {
  const bounds = { min: 0, max: 1_000_000_000 };
  const cost = variables.integer('REGRAFT_RATE_LIMIT', { fallback: access === 'tokens' ? COST_OF_TOKEN : 0, ...bounds });
  const refusals = variables.integer('REGRAFT_REFUSED_ATTEMPTS', { fallback: REFUSALS, ...bounds });
  return { cost: cost || undefined, refusals: refusals || undefined, trustedProxies: readProxies(variables) };
}

function readProxies(variables: Variables): readonly string[] {
  const proxies = variables.list('REGRAFT_TRUSTED_PROXIES');
  const wrong = proxies.find((proxy) => !isNetwork(proxy));
  if (wrong !== undefined) {
    const expected = 'addresses like 10.0.0.7 or networks like 10.0.0.0/8 are expected, with commas between';
    variables.problems.push(`REGRAFT_TRUSTED_PROXIES has "${wrong}": ${expected}`);
  }
  return proxies;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}
