import { isIP } from 'node:net';

/** By which name a request asks for this server: what its `Host` header says. */
export type IsAllowedHost = (header: string | undefined) => boolean;

/**
 * Tells requests to this server from those that a page of another site makes by having its own name lead here (DNS rebinding): browsers let it read the
 * answers. That takes a name, so addresses are allowed, and so is `localhost`, which leads nowhere else; other names are where they are listed.
 */
export function hostsAllowing(names: readonly string[]): IsAllowedHost {
  const allowed = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return (header) => {
    // Browsers always send it.
    if (header === undefined) return true;
    const name = header.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
    return allowed.has(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  };
}

export const OTHER_HOST = 'this server does not go by the name in the Host header: list that in REGRAFT_ALLOWED_HOSTS';
