import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Serving } from '../config/serving.js';
import type { Observer } from '../telemetry/observation.js';
import { createApollo } from './apollo.js';
import type { CallerOf } from './caller.js';
import { compressAnswers, keepAsItIs } from './compression.js';
import { Connections } from './connections.js';
import { serveDownloads, type DownloadOptions } from './downloads.js';
import { EventStreams, wantsEventStream } from './event-streams.js';
import { serveConsole } from './console.js';
import { GRAPHIQL_PATH, serveGraphiql } from './graphiql.js';
import { OTHER_HOST, type IsAllowedHost } from './hosts.js';
import { readJsonOnly } from './json-body.js';
import type { RequestScope, ServedApi } from './operation.js';
import { observeRequests } from './observed-requests.js';
import { answerPagesOf, originsAllowing } from './origins.js';
import { Subscriptions } from './subscriptions.js';
import { answerBadAddress, answerBrokenRequest, answerRefusals, refusalBody } from './transport-errors.js';
import { serveWebSocket } from './websocket.js';

export interface HttpServerOptions<Context extends RequestScope>
  extends ServedApi<Context>, Omit<DownloadOptions<Context>, 'observationOf'> {
  readonly host: string;
  readonly port: number;
  readonly isAllowedHost: IsAllowedHost;
  /** Who sent a request. */
  readonly callerOf: CallerOf;
  /** Whether requests can be answered, and what /health/ready tells beside that. */
  readonly health: () => Promise<{ readonly ready: boolean; readonly report: object }>;
  /** How far the read models are, as clients see it: every answer of /graphql carries it. */
  readonly position: () => string;
  readonly serving: Serving;
  /** Folders with the pages of the console, and with that of GraphiQL. */
  readonly consoleDir: string;
  readonly graphiqlDir: string;
  readonly logger: FastifyBaseLogger;
  readonly observer: Observer;
}

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, ends subscriptions (WebSocket close code 1001), finishes what runs, for ten seconds at most. */
  close(): Promise<void>;
}

const GRAPHQL_PATH = '/graphql';
/** Each probe also under the name that Kubernetes gave its own. */
const LIVE_PATHS = ['/health/live', '/livez'];
const READY_PATHS = ['/health/ready', '/readyz'];
const POSITION_HEADER = 'regraft-position';
/** A Compose file of 5 MiB, as a JSON string, with room for escapes. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** How often it is looked for requests that take too long to arrive. */
const CHECK_TIMES_MS = 5_000;
/** How long what runs may take to finish when the server stops. */
const FINISH_WITHIN_MS = 10_000;

/** Serves the API at /graphql (HTTP, Server-Sent Events and WebSocket), downloads at their paths, GraphiQL at /graphiql/, the console at /, and health at /health. */
export async function startHttpServer<Context extends RequestScope>(options: HttpServerOptions<Context>): Promise<HttpServer> {
  const { host, port, context, callerOf, serving } = options;
  const app = fastify({
    loggerInstance: options.logger,
    bodyLimit: BODY_LIMIT,
    requestTimeout: options.limits.requestTimeoutMs,
    http: {
      // Node takes the larger of the two for the whole request, and has 60 seconds for headers of its own.
      headersTimeout: options.limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(options.limits.requestTimeoutMs / 2, CHECK_TIMES_MS),
    },
    frameworkErrors: answerBadAddress,
    clientErrorHandler: answerBrokenRequest,
    logController: new LogController({ disableRequestLogging: true }),
  });
  const observationOf = observeRequests(app, { graphql: GRAPHQL_PATH, downloads: Object.keys(options.downloads) }, options.observer);
  const connections = new Connections(app);
  const apollo = createApollo<Context>({ ...options, automaticDocuments: serving.automaticDocuments });
  await apollo.start();

  answerRefusals(app);
  readJsonOnly(app);
  app.addHook('onRequest', async (request, reply) => {
    if (!options.isAllowedHost(request.headers.host)) await reply.status(403).send(refusalBody(403, OTHER_HOST));
  });
  await answerPagesOf(app, serving.origins);
  if (serving.compression) await compressAnswers(app);
  const scopes = new WeakMap<FastifyRequest, Context>();
  const answer = fastifyApolloHandler(apollo, {
    context: async (request) => {
      const scope = await context(callerOf(request.raw), observationOf(request));
      scopes.set(request, scope);
      return scope;
    },
  });
  const subscriptions = new Subscriptions(options.limits.subscriptionsPerClient);
  const streams = new EventStreams({ ...options, subscriptions, observationOf });
  app.route({
    url: GRAPHQL_PATH,
    method: ['GET', 'POST'],
    // It would run the query to throw the answer away.
    exposeHeadRoute: false,
    onSend: async (request, reply) => {
      void reply.header(POSITION_HEADER, scopes.get(request)?.position ?? options.position());
      if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
      keepAsItIs(request, reply);
    },
    handler: async function (request, reply) {
      if (wantsEventStream(request.headers.accept)) {
        void reply.header(POSITION_HEADER, options.position());
        return streams.answer(request, reply);
      }
      try {
        return await observationOf(request).run(() => answer.call(this, request, reply));
      } finally {
        scopes.get(request)?.end();
      }
    },
  });
  serveDownloads(app, { ...options, observationOf });
  for (const url of LIVE_PATHS) app.get(url, () => ({ status: 'up' }));
  for (const url of READY_PATHS) {
    app.get(url, async (_request, reply) => {
      const { ready, report } = await options.health();
      return reply.status(ready ? 200 : 503).send(report);
    });
  }
  if (serving.graphiql) await serveGraphiql(app, options.graphiqlDir);
  if (serving.console) await serveConsole(app, options.consoleDir);
  else if (serving.graphiql) app.get('/', (_request, reply) => reply.redirect(GRAPHIQL_PATH));
  const endSockets = serveWebSocket({
    ...options,
    subscriptions,
    isAllowedOrigin: originsAllowing(serving.origins),
    server: app.server,
    path: GRAPHQL_PATH,
  });
  await app.listen({ host, port });
  return {
    url: urlOf(app, host),
    close: async () => {
      streams.stop();
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
