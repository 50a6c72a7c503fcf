import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { byTokens, openToAll, type UseOfToken } from './access/authenticator.js';
import { byOidc } from './access/oidc.js';
import { findTokenIn } from './access/find-token.js';
import { createBackend, type BackendOptions, type RunningBackend } from './backend.js';
import { CHECKPOINT_KEY_FILE, openSigningKeyFile, type SigningKey } from './audit/checkpoints/signing-key.js';
import type { Config } from './config.js';
import { DEFAULT_LIMITS } from './config/limits.js';
import { DEFAULT_SERVING } from './config/serving.js';
import { openEntrance } from './entrance.js';
import { createRequestContext, type RequestContext } from './graphql/context.js';
import { codeOfError, createErrorFormatter } from './graphql/errors.js';
import { historyDownload } from './graphql/history/history-download.js';
import { requireAffordable } from './graphql/query-cost.js';
import { buildRegraftSchema } from './graphql/schema.js';
import { sharedLoaders } from './graphql/shared-loaders.js';
import { reportHealth } from './health.js';
import { callersBehind } from './http/caller.js';
import { hostsAllowing } from './http/hosts.js';
import { readManifest } from './http/manifest.js';
import { startHttpServer, type HttpServer } from './http/server.js';
import { createLogger } from './logger.js';
import { openStore } from './open-store.js';
import { KEY_FILE, openKeyFile } from './secrets/key-file.js';
import type { MasterKeys } from './secrets/master-keys.js';
import { unlessStopped } from './stopped.js';
import type { EventStore } from './store/event-store.js';
import { encodePosition } from './store/position.js';
import { Observer } from './telemetry/observation.js';
import { Metrics } from './telemetry/metrics.js';
import { serveMetrics, type MetricsServer } from './telemetry/metrics-server.js';
import { watchBackend } from './telemetry/watch-backend.js';

export const READ_MODEL_FILE = 'read-model.db';

export interface RegraftServer {
  readonly url: string;
  /** Where there are any. */
  readonly metricsUrl?: string | undefined;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Gives the start up, in order, while it is under way; `close` stops the server afterwards. */
  readonly signal?: AbortSignal;
}

/** Opens the store and the read models in the data folder, and serves the API. @throws the reason of the signal, where it came before that was done. */
export async function startServer(
  config: Omit<Config, 'warnings'>,
  overrides: Partial<Omit<BackendOptions, 'store' | 'readModelPath' | 'logger'>> & StartOptions & { readonly logger?: Logger } = {},
): Promise<RegraftServer> {
  const { logger = createLogger(config.logLevel), ...rest } = overrides;
  const store = await openStore(config, logger, { ...(rest.signal && { signal: rest.signal }) });
  return serve(config, {
    store,
    masterKeys: await keysOf(config, store, logger),
    checkpoints: { dataDir: config.dataDir, key: await signingKeyOf(config, store, logger) },
    readModelPath: join(config.dataDir, READ_MODEL_FILE),
    logger,
    keepContents: config.eventStoreUrl !== undefined,
    ...(config.webhooks && { webhooks: { ...config.webhooks, shared: config.eventStoreUrl !== undefined } }),
    ...rest,
  });
}

/** The keys of the environment, or of the key file, which nodes do not share. */
async function keysOf(
  { masterKeys, dataDir, eventStoreUrl }: Omit<Config, 'warnings'>,
  store: EventStore,
  logger: Logger,
): Promise<MasterKeys> {
  if (masterKeys) return masterKeys;
  try {
    const keys = openKeyFile(dataDir);
    if (eventStoreUrl !== undefined) {
      const message =
        'secrets are kept with the key file of this node alone: other nodes of this log need the same key, by REGRAFT_SECRET_KEY';
      logger.info({ file: join(dataDir, KEY_FILE) }, message);
    }
    return keys;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The key of the environment, or of the key file, which nodes do not share. */
async function signingKeyOf(
  { checkpointKey, dataDir, eventStoreUrl }: Omit<Config, 'warnings'>,
  store: EventStore,
  logger: Logger,
): Promise<SigningKey> {
  if (checkpointKey) return checkpointKey;
  try {
    const key = openSigningKeyFile(dataDir);
    if (eventStoreUrl !== undefined) {
      const message =
        'checkpoints are signed by the key file of this node alone: give all nodes of this log one key, by REGRAFT_CHECKPOINT_KEY';
      logger.info({ file: join(dataDir, CHECKPOINT_KEY_FILE) }, message);
    }
    return key;
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Address = Pick<Config, 'host' | 'port' | 'limits' | 'access' | 'oidc' | 'allowedHosts' | 'metrics' | 'rateLimits' | 'serving'> & {
  /** Where the console was built; beside this program where it is not given. */
  readonly consoleDir?: string;
};

/**
 * Serves the API over a store. Resolves when queries are answered with all that is in the log; it listens before, and /health/ready says 503
 * until then.
 * @throws the reason of the signal, where it came before; the store is closed then, as after every error.
 */
export async function serve(
  address: Address,
  options: BackendOptions & StartOptions & { readonly logger: Logger },
): Promise<RegraftServer> {
  const metrics = address.metrics && new Metrics();
  let backend: RunningBackend | undefined;
  let http: HttpServer | undefined;
  let metricsServer: MetricsServer | undefined;
  const close = async (): Promise<void> => {
    await http?.close();
    await metricsServer?.close();
    await (backend ?? options.store).close();
  };
  try {
    options.signal?.throwIfAborted();
    backend = createBackend(options, metrics);
    if (metrics && address.metrics) {
      watchBackend(metrics, backend);
      const isAllowedHost = hostsAllowing([address.metrics.host, ...(address.allowedHosts ?? [])]);
      metricsServer = await serveMetrics(address.metrics, { metrics, isAllowedHost, logger: options.logger });
      options.logger.info({ url: metricsServer.url }, 'metrics are served');
    }
    http = await listen(address, backend, { logger: options.logger, metrics });
    await unlessStopped(backend.ready(), options.signal);
    return { url: http.url, metricsUrl: metricsServer?.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  {
    host,
    port,
    access = 'open',
    oidc,
    allowedHosts = [],
    limits = DEFAULT_LIMITS,
    rateLimits = {},
    serving = DEFAULT_SERVING,
    consoleDir = fileURLToPath(new URL('../console', import.meta.url)),
  }: Address,
  backend: RunningBackend,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics | undefined },
): Promise<HttpServer> {
  const { store, readModels, services } = backend;
  const now = (): string => services.runtime.now();
  const used: UseOfToken = (token, at) => backend.tokenUses.used(token, at);
  const loadersOf = sharedLoaders();
  const authenticate = access === 'open' ? openToAll : byTokens(findTokenIn(readModels), used, now, oidc && byOidc(oidc, now));
  const { admit, greet, isLetIn } = openEntrance(authenticate, access, rateLimits);
  const schema = await buildRegraftSchema();
  return startHttpServer<RequestContext>({
    host,
    port,
    isAllowedHost: hostsAllowing([host, ...allowedHosts]),
    callerOf: callersBehind(rateLimits.trustedProxies ?? []),
    schema,
    check: requireAffordable,
    limits,
    serving,
    trustedDocuments: serving.trustedDocuments === undefined ? undefined : readManifest(serving.trustedDocuments, { schema, limits }),
    formatError: createErrorFormatter(logger),
    downloads: { '/history.csv': historyDownload('csv'), '/history.ndjson': historyDownload('ndjson') },
    health: async () => ({ ready: readModels.serving, report: await reportHealth(store, readModels) }),
    position: () => encodePosition(store.logId, readModels.position),
    consoleDir,
    graphiqlDir: fileURLToPath(new URL('../graphiql', import.meta.url)),
    logger,
    observer: new Observer({ logger, metrics, newId: () => services.runtime.newId() }),
    greet,
    isLetIn,
    context: async (caller, observation) => {
      const minPosition = caller.headers['regraft-min-position'];
      try {
        return await createRequestContext(backend, {
          ...(await admit(caller, ({ actor }) => observation.askedBy(actor.id))),
          loadersOf,
          correlationId: observation.correlationId,
          observation,
          ...(typeof minPosition === 'string' && { minPosition }),
        });
      } catch (error) {
        observation.failed(codeOfError(error));
        throw error;
      }
    },
  });
}
