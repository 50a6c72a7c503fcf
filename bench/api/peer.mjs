// A peer in a process of its own: `peer.mjs <name> <data folder, or file of stored answers>`, over what was built. Plain JavaScript, since the types of
// these packages change those of graphql for whatever is compiled with them.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import fastify from 'fastify';
import { createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';
import { openBackend } from '../../dist/src/backend.js';
import { LOCAL } from '../../dist/src/domain/access/principal.js';
import { createRequestContext, RequestContext } from '../../dist/src/graphql/context.js';
import { buildRegraftSchema } from '../../dist/src/graphql/schema.js';
import { silentLogger } from '../../dist/src/logger.js';
import { openEmbeddedStore } from '../../dist/src/store/embedded/embedded-store.js';

const [name, path] = process.argv.slice(2);
const peers = { raw, yoga, mercurius: withMercurius };
console.log(`ready at ${await peers[name]()}`);

/** Nothing can be faster: reads a request to its end and answers stored bytes. */
function raw() {
  const stored = new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8'))));
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const body = stored.get(request.headers['x-operation']) ?? '';
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });
  return listen(server);
}

async function yoga() {
  const { schema, contextOf } = await prepare();
  // It hands resolvers a plain copy of what `context` gives: what the prototype has is given back to it.
  const withPrototype = {
    onExecute: ({ args }) => {
      const context = Object.setPrototypeOf(args.contextValue, RequestContext.prototype);
      return { onExecuteDone: () => context.end() };
    },
  };
  return listen(
    createServer(createYoga({ schema, context: contextOf, plugins: [withPrototype], logging: false, graphiql: false, landingPage: false })),
  );
}

/** With graphql-jit on from the first request. */
async function withMercurius() {
  const { schema, contextOf } = await prepare();
  const app = fastify();
  await app.register(mercurius, { schema, jit: 1, context: contextOf });
  await app.ready();
  // It hands resolvers a plain copy too.
  app.graphql.addHook('preExecution', async (_schema, _document, context) => void Object.setPrototypeOf(context, RequestContext.prototype));
  app.graphql.addHook('onResolution', async (_execution, context) => context.end());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function prepare() {
  const backend = await openBackend({
    store: openEmbeddedStore({ path: join(path, 'log.db') }),
    readModelPath: join(path, 'read-model.db'),
    logger: silentLogger,
  });
  const contextOf = () => createRequestContext(backend, { correlationId: backend.services.runtime.newId(), principal: LOCAL });
  return { schema: await buildRegraftSchema(), contextOf };
}

function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}
