/** The key of a port within a definition: `80/tcp`. */
export function portKey(containerPort: number, protocol: string): string {
  return `${containerPort}/${protocol.toLowerCase()}`;
}

export function parsePortKey(key: string): { containerPort: number; protocol: string } {
  const [port = '', protocol = 'tcp'] = key.split('/');
  return { containerPort: Number(port), protocol };
}

/** The key of a published port: `8080`, `127.0.0.1:8080` or `[::1]:8080`. */
export function publishedKey(port: number, hostIp?: string | null): string {
  if (!hostIp) return String(port);
  return hostIp.includes(':') ? `[${hostIp}]:${port}` : `${hostIp}:${port}`;
}

export function parsePublishedKey(key: string): { hostIp: string | undefined; port: number } {
  const at = key.lastIndexOf(':');
  if (at < 0) return { hostIp: undefined, port: Number(key) };
  return { hostIp: key.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(key.slice(at + 1)) };
}
