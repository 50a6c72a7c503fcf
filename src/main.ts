import { ConfigError, readEnvironment } from './config.js';
import { startServer } from './server.js';
import { ReadModelFolderError } from './projector/errors.js';
import { StoreUnavailableError } from './store/errors.js';

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
  const expected = error instanceof ConfigError || error instanceof StoreUnavailableError || error instanceof ReadModelFolderError;
  if (expected) console.error(error.message);
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    console.error(`${error.message}: another program has the port; name another one by PORT`);
  } else console.error(error);
  process.exit(1);
});
