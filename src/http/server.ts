import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastifyStatic from '@fastify/static';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { createApollo } from './apollo.js';
import { Connections } from './connections.js';
import type { ServedApi } from './operation.js';
import { serveWebSocket } from './websocket.js';

export interface HttpServerOptions<Context extends object> extends ServedApi<Context> {
  readonly host: string;
  readonly port: number;
  /** Whether requests can be answered; /health/ready tells. */
  readonly ready: () => boolean;
  /** Folder with the pages of the console. */
  readonly consoleDir: string;
  readonly logger: FastifyBaseLogger;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, ends subscriptions (WebSocket close code 1001), finishes what runs, for ten seconds at most. */
  close(): Promise<void>;
}

const GRAPHQL_PATH = '/graphql';
/** A Compose file of 5 MiB, as a JSON string, with room for escapes. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** How long what runs may take to finish when the server stops. */
const FINISH_WITHIN_MS = 10_000;

/** Serves the API at /graphql (HTTP and WebSocket), the console at /, and health at /health. */
export async function startHttpServer<Context extends object>(options: HttpServerOptions<Context>): Promise<HttpServer> {
  const { host, port, context } = options;
  const app = fastify({
    loggerInstance: options.logger,
    bodyLimit: BODY_LIMIT,
    logController: new LogController({ disableRequestLogging: true }),
    // Keys of JSON are data here, whatever their name: they are read as own properties, and records of them have no prototype.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  });
  const connections = new Connections(app);
  const apollo = createApollo<Context>(options);
  await apollo.start();

  app.setErrorHandler<Error & { statusCode?: number; code?: string }>(async (error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) app.log.error({ err: error }, 'a request failed');
    const message = status >= 500 ? 'something went wrong inside; it is in the log of the server' : error.message;
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT';
    await reply.status(status).send({ errors: [{ message, extensions: { code } }] });
  });
  app.route({
    url: GRAPHQL_PATH,
    method: ['GET', 'POST', 'OPTIONS'],
    handler: fastifyApolloHandler(apollo, { context: (request) => context(request.headers) }),
  });
  app.get('/health/live', () => ({ status: 'up' }));
  app.get('/health/ready', (_request, reply) => {
    if (options.ready()) return { status: 'ready' };
    return reply.status(503).send({ status: 'starting' });
  });
  await app.register(fastifyStatic, { root: options.consoleDir, wildcard: false });
  const endSockets = serveWebSocket({ ...options, server: app.server, path: GRAPHQL_PATH });
  await app.listen({ host, port });
  return {
    url: urlOf(app, host),
    close: async () => {
      await Promise.all([app.close(), connections.end(FINISH_WITHIN_MS), endSockets(FINISH_WITHIN_MS)]);
      await apollo.stop();
    },
  };
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
