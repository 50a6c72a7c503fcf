import type { Lease } from './commands.js';

/** How long an integration may be silent where nobody says. */
export const DEFAULT_LEASE_SECONDS = 900;
export const MIN_LEASE_SECONDS = 10;
export const MAX_LEASE_SECONDS = 86_400;

/** Until when an integration that was heard of at an instant may be silent, ISO 8601 in UTC. */
export function leaseUntil(now: string, seconds: number): string {
  return new Date(Date.parse(now) + seconds * 1000).toISOString();
}

/** A lease that was put off: it never ends earlier for being heard of, whatever clocks say. */
export function extended(until: string, { now, seconds }: Required<Lease>): string {
  const later = leaseUntil(now, seconds ?? DEFAULT_LEASE_SECONDS);
  return Date.parse(later) > Date.parse(until) ? later : until;
}
