import { get, type IncomingMessage } from 'node:http';

/** What comes over the wire by GET: `fetch` would expand it, and add headers of its own. */
export function readRaw(url: string, headers: Readonly<Record<string, string>>): Promise<{ message: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'apollo-require-preflight': '1', ...headers } }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => resolve({ message, body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });
}
