import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino, type Logger } from 'pino';
import { openBackend, type BackendOptions } from './backend.js';
import type { Config } from './config.js';
import { createRequestContext, type RequestContext } from './graphql/context.js';
import { createErrorFormatter } from './graphql/errors.js';
import { buildRegraftSchema } from './graphql/schema.js';
import { startHttpServer } from './http/server.js';
import { openStore } from './open-store.js';

export const READ_MODEL_FILE = 'read-model.db';

export interface RegraftServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the store, brings the read models up to it, and serves the API. */
export async function startServer(
  config: Omit<Config, 'warnings'>,
  overrides: Partial<Omit<BackendOptions, 'store' | 'readModelPath' | 'logger'>> & { readonly logger?: Logger } = {},
): Promise<RegraftServer> {
  const { logger = pino({ level: config.logLevel }, pino.destination(2)), ...rest } = overrides;
  const store = await openStore(config, logger);
  const backend = await openBackend({ store, readModelPath: join(config.dataDir, READ_MODEL_FILE), logger, ...rest });
  try {
    const http = await startHttpServer<RequestContext>({
      host: config.host,
      port: config.port,
      schema: await buildRegraftSchema(),
      formatError: createErrorFormatter(logger),
      ready: () => backend.projector.failure === undefined,
      consoleDir: fileURLToPath(new URL('../console', import.meta.url)),
      logger,
      context: (headers) => {
        const minPosition = headers['regraft-min-position'];
        const given = headers['x-correlation-id'];
        return createRequestContext(backend, {
          correlationId: typeof given === 'string' && given.length <= 100 ? given : backend.services.runtime.newId(),
          ...(typeof minPosition === 'string' && { minPosition }),
        });
      },
    });
    return {
      url: http.url,
      close: async () => {
        await http.close();
        await backend.close();
      },
    };
  } catch (error) {
    await backend.close();
    throw error;
  }
}
