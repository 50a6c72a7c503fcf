import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What a socket is closed with whose client is not let in, or not any more. */
export const UNAUTHORIZED: [code: number, reason: string] = [4401, 'Unauthorized'];

/** The headers of a socket. Pages cannot set any: what they send in `connection_init` as `authorization`, in any case, counts as the header. */
export function credentialsOf({ headers }: IncomingMessage, params: Readonly<Record<string, unknown>> | undefined): IncomingHttpHeaders {
  const sent = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof sent === 'string' ? { ...headers, authorization: sent } : headers;
}
