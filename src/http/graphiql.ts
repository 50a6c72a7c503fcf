import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { setPageHeaders } from './page-headers.js';

export const GRAPHIQL_PATH = '/graphiql/';

/** Serves GraphiQL, wholly from a folder of this server. @param dir with index.html, and what it loads. */
export async function serveGraphiql(app: FastifyInstance, dir: string): Promise<void> {
  app.get('/graphiql', (_request, reply) => reply.redirect(GRAPHIQL_PATH));
  await app.register(fastifyStatic, {
    root: dir,
    prefix: GRAPHIQL_PATH,
    wildcard: false,
    decorateReply: false,
    setHeaders: setPageHeaders,
  });
}
