import type { WebSocket } from 'ws';
import type { Caller } from './caller.js';
import type { Greeting } from './operation.js';

type CloseCode = [code: number, reason: string];

/** What a socket is closed with whose client is not let in, or not any more. */
const UNAUTHORIZED: CloseCode = [4401, 'Unauthorized'];

/** What a socket is closed with at once. 1013 is the code of the registry of WebSocket close codes for what passes: clients come again later. */
export const REFUSED: Readonly<Record<Exclude<Greeting, 'WELCOME'>, CloseCode>> = {
  UNAUTHORIZED,
  LATER: [1013, 'Try again later'],
};

/** How long a socket may outlive what it was let in with. */
const LOOK_EVERY_MS = 2_000;

/** Who opened a socket. Pages cannot set headers: what they send in `connection_init` as `authorization`, in any case, counts as the header. */
export function credentialsOf(caller: Caller, params: Readonly<Record<string, unknown>> | undefined): Caller {
  const sent = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof sent === 'string' ? { ...caller, headers: { ...caller.headers, authorization: sent } } : caller;
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
