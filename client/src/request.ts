import type { Endpoint } from './endpoint.js';
import { RegraftError, toRegraftError, type AnsweredError } from './errors.js';

export interface RequestOptions {
  /** Gives the request up; a mutation may be done nevertheless. */
  readonly signal?: AbortSignal;
  /** The answer shows everything up to there, on whichever node: the `position` that a mutation answered with. */
  readonly minPosition?: string;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}

/**
 * The data of a query or a mutation.
 * @throws RegraftError, also where only a part of the answer is an error; the signal's reason.
 */
export async function request(endpoint: Endpoint, query: string, variables: unknown, options: RequestOptions = {}): Promise<unknown> {
  const { data, errors = [] } = await send(endpoint, JSON.stringify({ query, variables }), options);
  if (errors.length > 0 || data === undefined || data === null) throw toRegraftError(errors);
  return data;
}

async function send(endpoint: Endpoint, body: string, { signal, minPosition }: RequestOptions): Promise<Answer> {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    ...(minPosition !== undefined && { 'regraft-min-position': minPosition }),
    ...(await endpoint.credentials()),
  };
  try {
    const response = await fetch(endpoint.url, { method: 'POST', headers, body, ...(signal && { signal }) });
    return readAnswer(response.status, await response.text());
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegraftError) throw error;
    const message = `${endpoint.url.origin} cannot be reached: see that the server runs there, then try again`;
    throw new RegraftError('UNREACHABLE', message, {}, { cause: error });
  }
}

/** @throws RegraftError where it is no answer of GraphQL: something between answered, or another server. */
function readAnswer(status: number, text: string): Answer {
  try {
    const answer: unknown = JSON.parse(text);
    if (isAnswer(answer)) return answer;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (status >= 500) throw new RegraftError('UNAVAILABLE', `the server is not there behind its proxy (${status}): try again`, { status });
  throw new RegraftError('BAD_RESPONSE', `what answered (${status}) is no GraphQL server: check the address`, { status });
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  return 'errors' in value ? Array.isArray(value.errors) : 'data' in value;
}
