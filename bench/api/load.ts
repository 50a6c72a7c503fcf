import autocannon from 'autocannon';
import type { Operation } from './operations.js';

export interface Load {
  readonly url: string;
  readonly operation: Operation;
  readonly connections: number;
  readonly seconds: number;
  /** Bodies differ by it where they have to. */
  readonly next: () => number;
}

export interface Loaded {
  readonly requestsPerSecond: number;
  readonly p99Milliseconds: number;
}

/** Sends one operation over so many connections, each as soon as the answer before is there. @throws Error where anything was not answered with 200. */
export async function load({ url, operation, connections, seconds, next }: Load): Promise<Loaded> {
  const result = await autocannon({
    url: `${url}/graphql`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-operation': operation.name },
    requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(operation.body(next())) }) }],
  });
  const { errors, non2xx, timeouts, duration, latency } = result;
  if (errors + non2xx + timeouts > 0)
    throw new Error(`${operation.name} at ${url}: ${errors} errors, ${non2xx} refused, ${timeouts} timeouts`);
  return { requestsPerSecond: result['2xx'] / duration, p99Milliseconds: latency.p99 };
}
