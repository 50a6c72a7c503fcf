import { readEnvironment } from './config.js';
import { runServer } from './run-server.js';

process.exit(await runServer(readEnvironment));
