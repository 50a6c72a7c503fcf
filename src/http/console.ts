import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { setPageHeaders } from './page-headers.js';

const INDEX = 'index.html';

/**
 * Serves the console, wholly from a folder of this server. A browser that is led to an address within it gets its page, which finds its way by itself.
 * @param dir with index.html, and what it loads.
 */
export async function serveConsole(app: FastifyInstance, dir: string): Promise<void> {
  await app.register(fastifyStatic, { root: dir, prefix: '/', wildcard: false, setHeaders: setPageHeaders });
  app.get('/*', (request, reply) => (isForPage(request) ? reply.sendFile(INDEX) : reply.callNotFound()));
}

/** Not programs that ask for what is not there, nor a browser for a file, or beneath what is served beside the console. */
function isForPage({ url, headers }: FastifyRequest): boolean {
  const path = url.split('?')[0] ?? url;
  return (headers.accept ?? '').includes('text/html') && !path.includes('.') && !/^\/(graphi?ql|health)(\/|$)/.test(path);
}
