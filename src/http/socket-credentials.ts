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

/** Closes a socket soon after its client is not let in any more. @param isLetIn never rejects. */
export function watch(socket: WebSocket, isLetIn: () => Promise<boolean>): void {
  if (socket.readyState !== socket.OPEN) return;
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    if (!(await isLetIn())) socket.close(...UNAUTHORIZED);
    asking = false;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
