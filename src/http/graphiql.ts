import { sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const PATH = '/graphiql/';

/** A browser loads nothing for the page from anywhere else, and shows it within no other. Monaco, the editor, writes styles, and starts workers. */
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

/** Serves GraphiQL, wholly from a folder of this server. @param dir with index.html, and what it loads. */
export async function serveGraphiql(app: FastifyInstance, dir: string): Promise<void> {
  for (const url of ['/', '/graphiql']) app.get(url, (_request, reply) => reply.redirect(PATH));
  await app.register(fastifyStatic, {
    root: dir,
    prefix: PATH,
    wildcard: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes(`${sep}assets${sep}`) ? FOR_EVER : ASK_AGAIN);
      void reply.header('content-security-policy', POLICY);
      void reply.header('x-content-type-options', 'nosniff');
    },
  });
}
