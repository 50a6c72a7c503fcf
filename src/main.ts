import { readEnvironment } from './config.js';
import { startServer } from './server.js';
import { explainStartError } from './start-error.js';

/** Starts the server, tells its address in one line, and stops it in order on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readEnvironment();
  for (const warning of config.warnings) console.error(`Warning: ${warning}`);
  const server = await startServer(config);
  console.log(`Regraft is ready at ${server.url}`);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`Regraft did not stop cleanly after ${signal}:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(explainStartError(error) ?? error);
  process.exit(1);
});
