import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';

/** Where a request comes from, and the headers that it, or its socket, came with. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** An IPv4 address, or the first 64 bits of an IPv6 one: whoever has one of those has all of them. */
  readonly address: string;
}

export type CallerOf = (request: IncomingMessage) => Caller;

/** @param proxies addresses and networks (`10.0.0.0/8`) whose word on whom they ask for (`X-Forwarded-For`) is taken. @throws TypeError for what is none. */
export function callersBehind(proxies: readonly string[]): CallerOf {
  const isProxy = proxyAddr.compile([...proxies]);
  return (request) => ({ headers: request.headers, address: network(proxyAddr(request, isProxy)) });
}

function network(address: string): string {
  // A socket that is closed already has none; proxies may pass on what is none.
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString();
}
