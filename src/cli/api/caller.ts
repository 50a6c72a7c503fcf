import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { dataOf, TemporaryError } from './answer.js';
import { UnreachableError } from '../errors.js';

export interface CallerOptions {
  /** Of the server, or of its API. */
  readonly url: string;
  readonly token?: string | undefined;
  /** For how long a request that was not answered is made again. */
  readonly retryForMs: number;
  /** By which a command that is given again is known: one of its own where it is not given. */
  readonly commandId?: string | undefined;
  readonly signal: AbortSignal;
}

const REQUEST_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Asks the API of a running server. What is not answered (the connection is lost, the server stops or cannot just now) is asked again, for a
 * while: a mutation with the same `commandId`, so that it has one effect. Only a server that never was there is not waited for.
 */
export class ApiCaller {
  readonly endpoint: URL;
  readonly commandId: string;
  /** Whether a mutation was sent whose answer is not known. */
  inDoubt = false;
  #reached = false;
  #position: string | undefined;

  constructor(readonly options: CallerOptions) {
    this.endpoint = endpointOf(options.url);
    this.commandId = options.commandId ?? randomUUID();
  }

  /** @throws RefusedError; UnreachableError; the reason of the signal. */
  async ask<Data extends object>(query: string, variables: object = {}): Promise<Data> {
    return (await this.#untilAnswered(query, variables)) as Data;
  }

  /** A mutation of one input. What is asked afterwards is answered with what it wrote. @throws likewise. */
  async command<Payload extends { readonly position: string }>(
    mutation: string,
    inputType: string,
    selection: string,
    input: object,
  ): Promise<Payload> {
    this.inDoubt = true;
    const data = await this.ask<Record<string, Payload>>(mutationDocument(mutation, inputType, selection), {
      input: { ...input, commandId: this.commandId },
    });
    const payload = data[mutation];
    if (!payload) throw new UnreachableError(`${this.endpoint.href} does not answer ${mutation}`);
    this.#position = payload.position;
    return payload;
  }

  async #untilAnswered(query: string, variables: object): Promise<object> {
    const { retryForMs, signal } = this.options;
    const giveUpAt = Date.now() + retryForMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const data = await this.#once(query, variables);
        this.inDoubt = false;
        return data;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof TemporaryError)) {
          this.inDoubt = false;
          throw error;
        }
        const wait = error.retryAfterMs ?? pause;
        if (Date.now() + wait > giveUpAt) throw this.#gaveUp(error);
        await setTimeout(wait, undefined, { signal });
      }
    }
  }

  async #once(query: string, variables: object): Promise<object> {
    const { token, signal } = this.options;
    const headers = {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(this.#position !== undefined && { 'regraft-min-position': this.#position }),
    };
    const body = JSON.stringify({ query, variables });
    const timed = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    try {
      const response = await fetch(this.endpoint, { method: 'POST', headers, body, redirect: 'error', signal: timed });
      this.#reached = true;
      return await dataOf(response);
    } catch (error) {
      throw this.#asLost(error);
    }
  }

  /** What `fetch` fails with, as what it means here; anything else as it is. */
  #asLost(error: unknown): unknown {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    if (timedOut) return new TemporaryError(`it did not answer within ${REQUEST_MS / 1000} seconds`);
    if (!(error instanceof TypeError)) return error;
    const reason = reasonOf(error);
    if (this.#reached || !NEVER_THERE.has(reason)) return new TemporaryError(reason);
    const what = `there is no server at ${this.endpoint.origin} (${reason})`;
    return new UnreachableError(`${what}: start one by regraft serve, or say where it is by --url or REGRAFT_URL`);
  }

  #gaveUp({ message }: TemporaryError): UnreachableError {
    const seconds = Math.round(this.options.retryForMs / 1000);
    return new UnreachableError(`${this.endpoint.origin} gave no answer for ${seconds} seconds (${message})${this.doubt}`);
  }

  /** What to say where the command may have been carried out. */
  get doubt(): string {
    return this.inDoubt ? `; it may have been done all the same: the same command with --command-id ${this.commandId} has one effect` : '';
  }
}

export function mutationDocument(mutation: string, inputType: string, selection: string): string {
  return `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { position ${selection} } }`;
}

const NEVER_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'unknown scheme', 'bad port']);

function reasonOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

/** `/graphql` of the server, where the address names no path. @throws UnreachableError. */
export function endpointOf(url: string): URL {
  const endpoint = URL.canParse(url) ? new URL(url) : undefined;
  if (!endpoint || !/^https?:$/.test(endpoint.protocol)) {
    throw new UnreachableError(`"${url}" is no address of a server: one like http://127.0.0.1:4000 is expected`);
  }
  if (endpoint.pathname === '/') endpoint.pathname = '/graphql';
  return endpoint;
}
