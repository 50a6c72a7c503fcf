import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { execute, GraphQLError, type ExecutionArgs } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { CallerOf } from './caller.js';
import { OTHER_HOST, type IsAllowedHost } from './hosts.js';
import { admit, type RequestScope, type ServedApi } from './operation.js';
import { OTHER_ORIGIN, type IsAllowedOrigin } from './origins.js';
import { credentialsOf, REFUSED, watch } from './socket-credentials.js';
import { refuseConnection } from './transport-errors.js';
import { within } from './within.js';

export interface WebSocketOptions<Context extends RequestScope> extends ServedApi<Context> {
  readonly server: Server;
  readonly path: string;
  readonly isAllowedHost: IsAllowedHost;
  readonly isAllowedOrigin: IsAllowedOrigin;
  readonly callerOf: CallerOf;
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
  const { server, path, schema, formatError, limits } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const running = new Set<Promise<unknown>>();
  let stopping = false;
  const { dispose } = useServer<Record<string, unknown>, Pick<Extra, 'request' | 'socket'>>(
    {
      schema,
      // What goes wrong with a socket is told it by a close code alone.
      isProd: true,
      onConnect: async ({ extra, connectionParams }) => {
        const credentials = credentialsOf(options.callerOf(extra.request), connectionParams);
        const greeting = await options.greet(credentials);
        if (greeting === 'WELCOME') watch(extra.socket, () => options.isLetIn(credentials));
        else extra.socket.close(...REFUSED[greeting]);
        return greeting === 'WELCOME';
      },
      onSubscribe: ({ extra, connectionParams, subscriptions }, _id, payload) =>
        Object.keys(subscriptions).length > limits.operationsPerSocket
          ? [tooManyOperations(limits.operationsPerSocket)]
          : admit(options, payload, credentialsOf(options.callerOf(extra.request), connectionParams)),
      execute: (args: ExecutionArgs) => {
        const result = Promise.resolve(execute(args)).finally(() => running.delete(result));
        running.add(result);
        return result;
      },
      // Queries and mutations are answered then; what a subscription sends from then on, it reads from the log.
      onOperation: (_context, _id, _payload, { contextValue }) => (contextValue as Context).end(),
      onError: (_context, _id, _payload, errors) => errors.map(formatError),
      onNext: (_context, _id, _payload, _args, result) => ({ ...result, ...(result.errors && { errors: result.errors.map(formatError) }) }),
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
    else if (!options.isAllowedOrigin(request.headers)) refuseConnection(socket, 403, OTHER_ORIGIN);
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

function tooManyOperations(limit: number): GraphQLError {
  const message = `${limit.toLocaleString('en')} operations run on this socket, which is the limit: complete some, or open another socket`;
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS', limit } });
}
