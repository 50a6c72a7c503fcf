import type { FastifyBaseLogger } from 'fastify';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Outlet } from './outlet.js';

/** How often a client is asked whether it is there, which also keeps the connection open where something stands between; and how long it has to answer. */
const PING_MS = 12_000;

export interface Carried {
  readonly socket: WebSocket;
  readonly outlet: Outlet;
}

/**
 * Carries the protocol over a socket: what `graphql-ws/use/ws` does, but for two things. What goes wrong is a line in the log, and no stack on standard
 * error; and a client is not asked whether it is there while it has yet to read what was sent: it would see that last.
 */
export function carry<Extra extends Carried>(protocol: Server<Extra>, extra: Extra, logger: FastifyBaseLogger): void {
  const { socket, outlet } = extra;
  // The socket closes itself, with a code that says what was wrong.
  socket.on('error', ({ message }) => logger.warn({ reason: message }, 'a WebSocket was closed for what its client sent'));
  const fail = (error: unknown): void => {
    logger.error({ err: error }, 'a message on a WebSocket failed');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Where it fails, the socket closes, too.
      send: (text) => new Promise((resolve) => (socket.readyState === socket.OPEN ? socket.send(text, () => resolve()) : resolve())),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => socket.on('message', (data: Buffer) => void take(data.toString('utf8')).catch(fail)),
    },
    extra,
  );
  const endPings = ping(socket, outlet);
  socket.once('close', (code, reason) => {
    endPings();
    Promise.resolve(closed(code, reason.toString('utf8'))).catch(fail);
  });
}

function ping(socket: WebSocket, outlet: Outlet): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (outlet.unread > 0) return;
    if (!answered) socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
  timer.unref();
  return () => clearInterval(timer);
}
