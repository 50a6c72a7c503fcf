import { createClient, type Client } from 'graphql-ws';
import { socketUrlOf, type Endpoint } from './endpoint.js';
import { RegraftError, toRegraftError, type AnsweredError } from './errors.js';

/** The first ping after a connection, and the next ones after an answer. */
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 10_000;
const CONNECTED_WITHIN_MS = 15_000;

/**
 * One WebSocket (protocol graphql-transport-ws) for all subscriptions of a client: open while there are any. It does not try again by itself, since
 * each subscription goes on from where it is; a connection that does not come about, or over which nothing comes any more, is given up.
 */
export function openSocket(endpoint: Endpoint): Client {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const answered = (): void => clearTimeout(patience);
  const expectAnswer = (withinMs: number): void => {
    answered();
    patience = setTimeout(() => client.terminate(), withinMs);
  };
  const client = createClient({
    url: socketUrlOf(endpoint),
    // Pages cannot set headers of a WebSocket: the server takes them from here.
    connectionParams: endpoint.credentials,
    retryAttempts: 0,
    keepAlive: PING_EVERY_MS,
    on: {
      connecting: () => expectAnswer(CONNECTED_WITHIN_MS),
      connected: answered,
      ping: (received) => !received && expectAnswer(PONG_WITHIN_MS),
      pong: answered,
      closed: answered,
      error: answered,
    },
  });
  return client;
}

/** Close codes after which the same connection would be refused again. */
const REFUSALS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  1009: ['BODY_TOO_LARGE', 'the operation and its variables are larger than the server takes over WebSocket: make them smaller'],
  4400: ['BAD_REQUEST', 'the server does not understand this client: see that their versions fit'],
  4401: ['UNAUTHENTICATED', 'the server does not let this token in, or not any more: give a valid one'],
  4403: ['FORBIDDEN', 'the server does not let this token in: give one that may read events'],
  4406: ['BAD_RESPONSE', 'what answered does not speak graphql-transport-ws: check the address'],
};

/**
 * What ended a subscription, in one kind of error.
 * @param ended errors of the operation, how the socket closed, or why there was none.
 */
export function toSocketError(ended: unknown): RegraftError {
  if (Array.isArray(ended)) return toRegraftError(ended as AnsweredError[]);
  const code = closeCodeOf(ended);
  const refusal = code === undefined ? undefined : REFUSALS[code];
  if (refusal) return new RegraftError(...refusal, { closeCode: code });
  const how = code === undefined ? '' : ` (close code ${code})`;
  return new RegraftError('CONNECTION_LOST', `there is no connection to the server${how}`, code === undefined ? {} : { closeCode: code }, {
    cause: ended,
  });
}

function closeCodeOf(ended: unknown): number | undefined {
  const isClose = typeof ended === 'object' && ended !== null && 'code' in ended && 'reason' in ended;
  return isClose && typeof ended.code === 'number' ? ended.code : undefined;
}
