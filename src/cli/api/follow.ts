import { setTimeout as pause } from 'node:timers/promises';
import { createClient, MessageType, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { RefusedError, UnreachableError } from '../errors.js';
import type { ApiCaller } from './caller.js';

/** A message of the subscriptions `events` and `upgradeEvents`; without an event it is word that all up to a position was looked at. */
export interface EventMessage {
  readonly position: string;
  readonly caughtUp: boolean;
  readonly event: FollowedEvent | null;
}

export interface FollowedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly actor: { readonly id: string; readonly kind: string };
  readonly correlationId: string | null;
  readonly causationId: string | null;
  readonly commandId: string | null;
  readonly schemaVersion: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export const EVENT =
  'id type stream revision position recordedAt occurredAt actor { id kind } correlationId causationId commandId schemaVersion data';

export interface Follow {
  readonly field: 'events' | 'upgradeEvents';
  /** Whose events; all where neither is given. */
  readonly appId?: string | undefined;
  readonly templateId?: string | undefined;
  /** Of `events` only. */
  readonly types?: readonly string[] | undefined;
  /** A position; BEGINNING is before the first. */
  readonly after: string;
  /** Told each time that the connection is lost, with why. */
  readonly onLost?: ((why: string) => void) | undefined;
}

export const FOLLOW_DOCUMENTS = {
  events: `subscription ($after: Position, $from: EventStart, $appId: ID, $templateId: ID, $types: [String!]) {
    message: events(after: $after, from: $from, appId: $appId, templateId: $templateId, types: $types) { position caughtUp event { ${EVENT} } }
  }`,
  upgradeEvents: `subscription ($after: Position, $from: EventStart, $appId: ID, $templateId: ID) {
    message: upgradeEvents(after: $after, from: $from, appId: $appId, templateId: $templateId) { position caughtUp event { ${EVENT} } }
  }`,
} as const;

export const BEGINNING = 'BEGINNING';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
/** Messages that wait to be taken before the socket is read no more, and how few of them it is read again at. */
const [TOO_MANY, FEW] = [1_000, 100];
const CLOSED_FOR_GOOD = new Set([4400, 4401, 4403, 4406]);

/**
 * Every event from a position on, in order and each once, whatever becomes of the connection: it is made again, and gone on with after the last
 * event that was taken. Ends by the caller's signal alone.
 * @throws RefusedError where the server will not; UnreachableError where it never was there; the reason of the signal.
 */
export async function* follow(caller: ApiCaller, { field, after, onLost, ...about }: Follow): AsyncGenerator<EventMessage, never> {
  const { signal } = caller.options;
  let [last, wait, everOpen] = [after, FIRST_PAUSE_MS, false];
  for (;;) {
    const variables = { ...about, ...(last === BEGINNING ? { from: BEGINNING } : { after: last }) };
    const connection = connect(caller);
    try {
      for await (const { data, errors } of connection.iterate(FOLLOW_DOCUMENTS[field], variables)) {
        if (errors) throw refusal(errors);
        if (!data) continue;
        [last, wait, everOpen] = [data.message.position, FIRST_PAUSE_MS, true];
        yield data.message;
      }
      signal.throwIfAborted();
      onLost?.('the server ended it');
    } catch (error) {
      signal.throwIfAborted();
      const why = lossOf(error);
      if (!everOpen && why === 'ECONNREFUSED') throw new UnreachableError(`there is no server at ${caller.endpoint.origin} (${why})`);
      onLost?.(why);
    } finally {
      connection.end();
    }
    await pause(wait, undefined, { signal });
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}

interface Result {
  readonly data?: { readonly message: EventMessage } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

interface Connection {
  iterate(query: string, variables: Record<string, unknown>): AsyncIterable<Result>;
  end(): void;
}

/** One socket, read no faster than its messages are taken, and given up where it does not answer a ping. */
function connect({ endpoint, options: { token, signal } }: ApiCaller): Connection {
  let socket: WebSocket | undefined;
  let waiting = 0;
  let silent: NodeJS.Timeout | undefined;
  const client: Client = createClient({
    url: endpoint.href.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    keepAlive: KEEP_ALIVE_MS,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
    onNonLazyError: () => undefined,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      message: ({ type }) => {
        if (type === MessageType.Next && ++waiting > TOO_MANY) socket?.pause();
      },
      ping: (received) => {
        if (!received) silent = setTimeout(() => socket?.isPaused || client.terminate(), KEEP_ALIVE_MS / 2);
      },
      pong: (received) => received && clearTimeout(silent),
    },
  });
  const end = (): void => {
    clearTimeout(silent);
    socket?.resume();
    signal.removeEventListener('abort', end);
    client.terminate();
  };
  signal.addEventListener('abort', end);
  return {
    end,
    async *iterate(query, variables) {
      for await (const result of client.iterate<{ message: EventMessage }>({ query, variables })) {
        if (--waiting < FEW && socket?.isPaused) socket.resume();
        yield result;
      }
    },
  };
}

/** Why a connection was lost. @throws RefusedError where another one would be, too; what is no loss, as it is. */
function lossOf(error: unknown): string {
  if (Array.isArray(error)) throw refusal(error as NonNullable<Result['errors']>);
  if (error instanceof RefusedError) throw error;
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number') {
    const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
    if (error.code === 4401 || error.code === 4403)
      throw new RefusedError('UNAUTHENTICATED', 'the server lets nobody in with this token, or without one');
    if (CLOSED_FOR_GOOD.has(error.code)) throw new RefusedError('BAD_REQUEST', `the server closed the connection: ${reason}`);
    return `closed, ${error.code}${reason && ` ${reason}`}`;
  }
  if (typeof error === 'object' && error !== null && 'error' in error && error.error instanceof Error) return codeOf(error.error);
  if (error instanceof Error) return codeOf(error);
  throw error;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}

function refusal(errors: NonNullable<Result['errors']>): RefusedError {
  const [{ message, extensions: { code, ...details } = {} } = { message: 'refused' }] = errors;
  return new RefusedError(typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR', message, details);
}
