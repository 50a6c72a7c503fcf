import { request as requestPlain, Agent as PlainAgent, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { destinationOf, DestinationForbiddenError, type Lookup } from './destination.js';
import type { Networks } from './networks.js';
import type { DeliveryResult } from '../domain/webhook/outcome.js';

export interface SenderOptions {
  readonly networks: Networks;
  /** From the look-up of the host to the end of the answer. */
  readonly timeLimitMs?: number;
  /** By the system's resolver unless a test gives another. */
  readonly lookup?: Lookup;
}

export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIME_LIMIT_MS = 15_000;
/** Of the body of an answer, in bytes: what is kept for the owner of the webhook to see, and what is read before the connection is cut. */
const KEPT_BYTES = 1024;
const READ_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;

/** Agents of their own: no proxy of the environment, and no connection that outlives its check. */
const agents = { 'http:': new PlainAgent({ keepAlive: false }), 'https:': new TlsAgent({ keepAlive: false }) };

/**
 * Posts to receivers that nobody vouches for: to the address that was checked and no other, with the host's own name in `Host` and in TLS. Redirects
 * are not followed. How it went is its answer, never an error.
 */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** @param signal gives it up. @throws the reason of the signal. */
  async send(outgoing: Outgoing, signal?: AbortSignal): Promise<DeliveryResult> {
    const limit = AbortSignal.timeout(this.options.timeLimitMs ?? TIME_LIMIT_MS);
    const ended = signal ? AbortSignal.any([limit, signal]) : limit;
    try {
      const url = new URL(outgoing.url);
      const address = await unlessEnded(destinationOf(url, this.options.networks, this.options.lookup), ended);
      return await post(url, address, outgoing, ended);
    } catch (error) {
      signal?.throwIfAborted();
      if (limit.aborted) return { kind: 'unanswered', why: 'TIMEOUT', message: 'the receiver did not answer in time' };
      if (error instanceof DestinationForbiddenError) return { kind: 'unanswered', why: 'FORBIDDEN', message: error.message };
      return { kind: 'unanswered', why: 'CONNECTION', message: codeOf(error) };
    }
  }
}

function post(url: URL, address: LookupAddress, { headers, body }: Outgoing, signal: AbortSignal): Promise<DeliveryResult> {
  const tls = url.protocol === 'https:';
  const bytes = Buffer.from(body, 'utf8');
  const options: RequestOptions = {
    method: 'POST',
    agent: tls ? agents['https:'] : agents['http:'],
    lookup: pinnedTo(address),
    headers: {
      ...headers,
      'content-type': 'application/cloudevents+json',
      'content-length': bytes.length,
      'user-agent': 'Regraft-Webhooks/1',
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = tls ? requestTls(url, options) : requestPlain(url, options);
    request.on('error', reject);
    request.on('response', (response) => void answerOf(response).then(resolve, reject));
    request.end(bytes);
  });
}

/** A look-up that always gives the address that was checked: the name is not resolved a second time. */
function pinnedTo({ address, family }: LookupAddress): LookupFunction {
  return (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family));
}

async function answerOf(response: IncomingMessage): Promise<DeliveryResult> {
  const kept: Buffer[] = [];
  let read = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (read < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - read));
    read += chunk.length;
    // Leaving the loop cuts the connection.
    if (read > READ_BYTES) break;
  }
  const retryAfter = response.headers['retry-after'];
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    ...(retryAfter !== undefined && { retryAfter }),
    body: Buffer.concat(kept).toString('utf8'),
  };
}

/** A promise that cannot be given up, left behind when the signal comes. */
function unlessEnded<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Error('given up', { cause: signal.reason }));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** The system's code for what went wrong (`ECONNREFUSED`, `ENOTFOUND`), which names no address. */
function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return `no answer: ${typeof code === 'string' ? code : 'the connection failed'}`;
}
