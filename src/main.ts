import { once } from 'node:events';
import { readEnvironment } from './config.js';
import { within } from './http/within.js';
import { createLogger } from './logger.js';
import { startServer } from './server.js';
import { explainStartError } from './start-error.js';
import { startTracing } from './telemetry/otlp.js';

/** How long what takes traces may keep the process from ending. */
const SEND_TRACES_MS = 3_000;

/** Starts the server, tells its address in one line, and stops it in order when the signal comes, also while it starts. */
async function main(stop: AbortSignal): Promise<void> {
  const config = readEnvironment();
  for (const warning of config.warnings) console.error(`Warning: ${warning}`);
  const logger = createLogger(config.logLevel);
  const tracing = config.tracing && (await startTracing(config.tracing, logger));
  const server = await startServer(config, { signal: stop, logger });
  console.log(`Regraft is ready at ${server.url}`);
  if (!stop.aborted) await once(stop, 'abort');
  await server.close();
  if (tracing) await within(SEND_TRACES_MS, tracing.close());
}

const stopping = new AbortController();
// Before anything else: the first process of a container is not ended by a signal that it does not listen to.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());

main(stopping.signal).then(
  () => process.exit(0),
  (error: unknown) => {
    const stopped = error === stopping.signal.reason;
    if (!stopped) console.error(explainStartError(error) ?? error);
    process.exit(stopped ? 0 : 1);
  },
);
