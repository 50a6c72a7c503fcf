import { once } from 'node:events';
import { readEnvironment } from './config.js';
import { startServer } from './server.js';
import { explainStartError } from './start-error.js';

/** Starts the server, tells its address in one line, and stops it in order when the signal comes, also while it starts. */
async function main(stop: AbortSignal): Promise<void> {
  const config = readEnvironment();
  for (const warning of config.warnings) console.error(`Warning: ${warning}`);
  const server = await startServer(config, { signal: stop });
  console.log(`Regraft is ready at ${server.url}`);
  if (!stop.aborted) await once(stop, 'abort');
  await server.close();
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
