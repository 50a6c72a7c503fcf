import { sep } from 'node:path';
import type { FastifyReply } from 'fastify';

/** A browser loads nothing for a page from anywhere else, and shows it within no other. Monaco, the editor, writes styles, and starts workers; Mantine writes styles. */
const POLICY = [
  `default-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self' data:`,
  `worker-src 'self' blob:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** What has its content's hash in its name never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Kept, and asked for by its ETag each time. */
const ASK_AGAIN = 'no-cache';

/** Of the files of a page, as Vite builds them. @param path of the file. */
export function setPageHeaders(reply: FastifyReply, path: string): void {
  void reply.header('cache-control', path.includes(`${sep}assets${sep}`) ? FOR_EVER : ASK_AGAIN);
  void reply.header('content-security-policy', POLICY);
  void reply.header('x-content-type-options', 'nosniff');
}
