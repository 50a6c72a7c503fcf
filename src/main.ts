import { readEnvironment } from './config.js';
import { startServer, type RegraftServer } from './server.js';
import { explainStartError } from './start-error.js';

/** Starts the server, tells its address in one line, and stops it in order on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const running: { server?: RegraftServer } = {};
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    // Before it is ready there is nothing to bring in order: what was acknowledged is in the log, and the read models go on where they stood.
    if (!running.server) process.exit(0);
    running.server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`Regraft did not stop cleanly after ${signal}:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const config = readEnvironment();
  for (const warning of config.warnings) console.error(`Warning: ${warning}`);
  running.server = await startServer(config);
  console.log(`Regraft is ready at ${running.server.url}`);
}

main().catch((error: unknown) => {
  console.error(explainStartError(error) ?? error);
  process.exit(1);
});
