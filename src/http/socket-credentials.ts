import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';

/** What a socket is closed with whose client is not let in, or not any more. */
export const UNAUTHORIZED: [code: number, reason: string] = [4401, 'Unauthorized'];

/** How long a socket may outlive what it was let in with. */
const LOOK_EVERY_MS = 2_000;

/** The headers of a socket. Pages cannot set any: what they send in `connection_init` as `authorization`, in any case, counts as the header. */
export function credentialsOf({ headers }: IncomingMessage, params: Readonly<Record<string, unknown>> | undefined): IncomingHttpHeaders {
  const sent = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof sent === 'string' ? { ...headers, authorization: sent } : headers;
}

/** Closes a socket soon after its client is not let in any more. */
export function watch(socket: WebSocket, isLetIn: () => boolean): void {
  const timer = setInterval(() => {
    if (!isLetIn()) socket.close(...UNAUTHORIZED);
  }, LOOK_EVERY_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
