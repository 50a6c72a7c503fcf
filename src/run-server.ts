import { once } from 'node:events';
import type { Config } from './config.js';
import { within } from './http/within.js';
import { createLogger } from './logger.js';
import { startServer } from './server.js';
import { explainStartError } from './start-error.js';
import { startTracing } from './telemetry/otlp.js';

/** How long what takes traces may keep the process from ending. */
const SEND_TRACES_MS = 3_000;

/**
 * Starts the server as a program, tells its address in one line, and stops it in order when the signal comes, also while it starts.
 * @returns the exit code, once it has stopped or could not start.
 */
export async function runServer(configure: () => Config): Promise<number> {
  const stopping = new AbortController();
  // Before anything else: the first process of a container is not ended by a signal that it does not listen to.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopping.abort());
  try {
    await untilStopped(configure(), stopping.signal);
    return 0;
  } catch (error) {
    if (error === stopping.signal.reason) return 0;
    console.error(explainStartError(error) ?? error);
    return 1;
  }
}

async function untilStopped(config: Config, signal: AbortSignal): Promise<void> {
  for (const warning of config.warnings) console.error(`Warning: ${warning}`);
  const logger = createLogger(config.logLevel);
  const tracing = config.tracing && (await startTracing(config.tracing, logger));
  const server = await startServer(config, { signal, logger });
  console.log(`Regraft is ready at ${server.url}`);
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
  if (tracing) await within(SEND_TRACES_MS, tracing.close());
}
