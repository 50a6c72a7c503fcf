import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, subscribe, type ExecutionArgs } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Observation, Observer } from '../telemetry/observation.js';
import type { CallerOf } from './caller.js';
import { executeWithin } from './deadline.js';
import { OTHER_HOST, type IsAllowedHost } from './hosts.js';
import { admit, clientOf, observed, type Admitted, type RequestScope, type ServedApi } from './operation.js';
import { OTHER_ORIGIN, type IsAllowedOrigin } from './origins.js';
import { GOODBYE_MS, Outlet } from './outlet.js';
import { credentialsOf, REFUSED, UNAUTHORIZED } from './socket-credentials.js';
import { carry } from './socket-carrier.js';
import type { Subscriptions } from './subscriptions.js';
import { refuseConnection } from './transport-errors.js';
import { watch } from './watch.js';
import { within } from './within.js';

export interface WebSocketOptions<Context extends RequestScope> extends ServedApi<Context> {
  readonly server: Server;
  readonly path: string;
  readonly isAllowedHost: IsAllowedHost;
  readonly isAllowedOrigin: IsAllowedOrigin;
  readonly callerOf: CallerOf;
  readonly subscriptions: Subscriptions;
  readonly logger: FastifyBaseLogger;
  readonly observer: Observer;
}

/** A socket, and the request that it began with. */
interface Opened {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly outlet: Outlet;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
/** What a client may leave unread. Subscriptions pause long before: this is for the answers to what it goes on asking. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const TOO_MANY_SOCKETS = 'as many sockets are open as the server keeps: try again later';
/** Word to clients that they are to connect again, and to go on where they were. Codes of RFC 6455 and IANA's list. */
const GOING_AWAY: [code: number, reason: string] = [1001, 'Going away: subscribe again after the last position that you have'];
const TOO_SLOW: [code: number, reason: string] = [1013, 'Too slow to read: subscribe again after the last position that you have'];

/**
 * Serves GraphQL over WebSocket (protocol graphql-transport-ws) on the port of an HTTP server, to programs and to pages of this server. What is wrong
 * with one operation is an `error` message to it, and leaves the others of its socket alone.
 * @returns ends all: operations that run finish within `withinMs`, subscriptions end, connections close with code 1001 (going away).
 */
export function serveWebSocket<Context extends RequestScope>(options: WebSocketOptions<Context>): (withinMs: number) => Promise<void> {
  const { server, path, schema, formatError, limits, subscriptions, logger, observer } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, handleProtocols });
  const running = new Set<Promise<unknown>>();
  const observations = new WeakMap<object, Observation>();
  let stopping = false;
  const protocol = makeServer<Record<string, unknown>, Opened>({
    schema,
    onConnect: async ({ extra: { socket, request }, connectionParams }) => {
      const credentials = credentialsOf(options.callerOf(request), connectionParams);
      const greeting = await options.greet(credentials);
      if (greeting !== 'WELCOME') socket.close(...REFUSED[greeting]);
      else if (socket.readyState === socket.OPEN) {
        const end = watch(
          () => options.isLetIn(credentials),
          () => socket.close(...UNAUTHORIZED),
        );
        socket.once('close', end);
      }
      return greeting === 'WELCOME';
    },
    onSubscribe: ({ extra, connectionParams, subscriptions: open }, _id, payload) => {
      const caller = credentialsOf(options.callerOf(extra.request), connectionParams);
      const observation = observer.begin('websocket', caller.headers, observer.newId());
      observations.set(payload, observation);
      return Object.keys(open).length > limits.operationsPerSocket
        ? [tooManyOperations(limits.operationsPerSocket)]
        : admit(options, payload, caller, observation);
    },
    // Those that onSubscribe admitted.
    execute: (args: ExecutionArgs) => {
      const admitted = args as Admitted<Context>;
      const result = observed(admitted, () => executeWithin(admitted, limits.operationTimeoutMs)).finally(() => running.delete(result));
      running.add(result);
      return result;
    },
    subscribe: (args: ExecutionArgs) => observed(args as Admitted<Context>, () => subscribe(args)),
    onOperation: ({ extra: { request, outlet } }, _id, _payload, { contextValue }, result) => {
      const scope = contextValue as Context;
      // Queries and mutations are answered then; what a subscription sends from then on, it reads from the log.
      scope.end();
      return 'return' in result ? subscriptions.hold(result, clientOf(scope, options.callerOf(request)), outlet) : result;
    },
    onError: (_context, _id, payload, errors) => {
      const formatted = errors.map(formatError);
      const observation = observations.get(payload);
      observation?.refused(formatted);
      observation?.end();
      return formatted;
    },
    onNext: ({ extra: { socket } }, _id, payload, _args, result) => {
      if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
      if (!result.errors) return { ...result };
      const errors = result.errors.map(formatError);
      observations.get(payload)?.refused(errors);
      return { ...result, errors };
    },
    onComplete: (_context, _id, payload) => observations.get(payload)?.end(),
  });
  sockets.on('wsClientError', (_error, socket: Socket) => refuseConnection(socket, 400, 'this is no handshake of a WebSocket'));
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const outlet = new Outlet(request.socket);
    outlet.onStall(limits.unreadMs, () => {
      logger.info({ unreadBytes: outlet.unread }, 'a client that does not read its WebSocket is let go');
      socket.close(...TOO_SLOW);
      outlet.closeWithin(limits.unreadMs);
    });
    carry(protocol, { socket, request, outlet }, logger);
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
    const closed = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of sockets.clients) socket.close(...GOING_AWAY);
    await within(GOODBYE_MS, Promise.all(closed));
    for (const socket of sockets.clients) socket.terminate();
    await Promise.all(closed);
  };
}

function tooManyOperations(limit: number): GraphQLError {
  const message = `${limit.toLocaleString('en')} operations run on this socket, which is the limit: complete some, or open another socket`;
  return new GraphQLError(message, { extensions: { code: 'TOO_MANY_OPERATIONS', limit } });
}
