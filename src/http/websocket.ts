import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { execute, GraphQLError, subscribe, type ExecutionArgs } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Observation, Observer } from '../telemetry/observation.js';
import { OTHER_HOST, type IsAllowedHost } from './hosts.js';
import { admit, type RequestScope, type ServedApi } from './operation.js';
import { credentialsOf, UNAUTHORIZED, watch } from './socket-credentials.js';
import { refuseConnection } from './transport-errors.js';
import { within } from './within.js';

export interface WebSocketOptions<Context extends RequestScope> extends ServedApi<Context> {
  readonly server: Server;
  readonly path: string;
  readonly isAllowedHost: IsAllowedHost;
  readonly observer: Observer;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
/** What a client may leave unread and go on asking. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const TOO_MANY_SOCKETS = 'as many sockets are open as the server keeps: try again later';
/** How long a client has to answer word that its socket is closed. */
const GOODBYE_MS = 1_500;

/**
 * Serves GraphQL over WebSocket (protocol graphql-transport-ws) on the port of an HTTP server, to programs and to pages of this server. What is wrong
 * with one operation is an `error` message to it, and leaves the others of its socket alone.
 * @returns ends all: operations that run finish within `withinMs`, subscriptions end, connections close with code 1001 (going away).
 */
export function serveWebSocket<Context extends RequestScope>(options: WebSocketOptions<Context>): (withinMs: number) => Promise<void> {
  const { server, path, schema, formatError, limits, observer } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const running = new Set<Promise<unknown>>();
  const observations = new WeakMap<object, Observation>();
  let stopping = false;
  const { dispose } = useServer<Record<string, unknown>, Pick<Extra, 'request' | 'socket'>>(
    {
      schema,
      // What goes wrong with a socket is told it by a close code alone.
      isProd: true,
      onConnect: async ({ extra, connectionParams }) => {
        const credentials = credentialsOf(extra.request, connectionParams);
        const isLetIn = await options.isLetIn(credentials);
        if (isLetIn) watch(extra.socket, () => options.isLetIn(credentials));
        else extra.socket.close(...UNAUTHORIZED);
        return isLetIn;
      },
      onSubscribe: ({ extra, connectionParams, subscriptions }, _id, payload) => {
        const credentials = credentialsOf(extra.request, connectionParams);
        const observation = observer.begin('websocket', credentials, observer.newId());
        observations.set(payload, observation);
        return Object.keys(subscriptions).length > limits.operationsPerSocket
          ? [tooManyOperations(limits.operationsPerSocket)]
          : admit(options, payload, credentials, observation);
      },
      execute: (args: ExecutionArgs) => {
        const result = Promise.resolve(observed(args, execute)).finally(() => running.delete(result));
        running.add(result);
        return result;
      },
      subscribe: (args: ExecutionArgs) => observed(args, subscribe),
      // Queries and mutations are answered then; what a subscription sends from then on, it reads from the log.
      onOperation: (_context, _id, _payload, { contextValue }) => (contextValue as Context).end(),
      onError: (_context, _id, payload, errors) => {
        const formatted = errors.map(formatError);
        const observation = observations.get(payload);
        observation?.refused(formatted);
        observation?.end();
        return formatted;
      },
      onNext: (_context, _id, payload, _args, result) => {
        if (!result.errors) return { ...result };
        const errors = result.errors.map(formatError);
        observations.get(payload)?.refused(errors);
        return { ...result, errors };
      },
      onComplete: (_context, _id, payload) => observations.get(payload)?.end(),
    },
    sockets,
  );
  sockets.on('wsClientError', (_error, socket: Socket) => refuseConnection(socket, 400, 'this is no handshake of a WebSocket'));
  sockets.on('connection', (socket) => {
    // Answers that a client does not read are not kept for it without end.
    socket.on('message', () => socket.bufferedAmount > MAX_UNREAD_BYTES && socket.terminate());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (stopping) refuseConnection(socket, 503);
    else if (request.url?.split('?')[0] !== path) refuseConnection(socket, 404);
    else if (!options.isAllowedHost(request.headers.host)) refuseConnection(socket, 403, OTHER_HOST);
    else if (isForeign(request)) refuseConnection(socket, 403, 'pages of other sites may not connect: Origin and Host differ');
    else if (sockets.clients.size >= limits.sockets) refuseConnection(socket, 503, TOO_MANY_SOCKETS);
    else sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });
  return async (withinMs) => {
    stopping = true;
    await within(withinMs, Promise.allSettled(running));
    // Their answers are sent in the turns between.
    await setImmediate();
    const timer = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), GOODBYE_MS);
    await dispose();
    clearTimeout(timer);
  };
}

/** Runs an operation so that spans are beneath that of its observation. */
function observed<Result>(args: ExecutionArgs, run: (args: ExecutionArgs) => Result): Result {
  const { observation } = args.contextValue as RequestScope;
  return observation ? observation.run(() => run(args)) : run(args);
}

/** Whether a page of another site asks. Browsers put its origin there, and let it talk to any server; other programs send none. */
function isForeign({ headers: { origin, host } }: IncomingMessage): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

function tooManyOperations(limit: number): GraphQLError {
  const message = `${limit.toLocaleString('en')} operations run on this socket, which is the limit: complete some, or open another socket`;
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS', limit } });
}
