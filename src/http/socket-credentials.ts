import type { Caller } from './caller.js';
import type { Greeting } from './operation.js';

type CloseCode = [code: number, reason: string];

/** What a socket is closed with whose client is not let in, or not any more. */
export const UNAUTHORIZED: CloseCode = [4401, 'Unauthorized'];

/** What a socket is closed with at once. 1013 is the code of the registry of WebSocket close codes for what passes: clients come again later. */
export const REFUSED: Readonly<Record<Exclude<Greeting, 'WELCOME'>, CloseCode>> = {
  UNAUTHORIZED,
  LATER: [1013, 'Try again later'],
};

/** Who opened a socket. Pages cannot set headers: what they send in `connection_init` as `authorization`, in any case, counts as the header. */
export function credentialsOf(caller: Caller, params: Readonly<Record<string, unknown>> | undefined): Caller {
  const sent = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof sent === 'string' ? { ...caller, headers: { ...caller.headers, authorization: sent } } : caller;
}
