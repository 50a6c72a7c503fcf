import { join } from 'node:path';
import { pino } from 'pino';
import { countHistory } from '../projections/history/queries.js';
import { projections } from '../projections/index.js';
import { readEnvironment } from './config.js';
import { GenerationFiles } from './projector/generation-files.js';
import { ReadModels } from './projector/read-models.js';
import { LOG_FILE, READ_MODEL_FILE } from './server.js';
import { openEmbeddedStore } from './store/embedded/embedded-store.js';

/** Makes the read models anew from the log, while the server is not running. While it is, the mutation `rebuildReadModels` does. */
const config = readEnvironment();
const logger = pino({ level: config.logLevel }, pino.destination(2));
const store = openEmbeddedStore({ path: join(config.dataDir, LOG_FILE) });
const path = join(config.dataDir, READ_MODEL_FILE);
const files = new GenerationFiles(path);
for (const generation of files.list()) files.delete(generation);
const readModels = new ReadModels({ store, path, projections, logger });
await readModels.ready();
const events = readModels.read((db) => countHistory(db, {}));
console.log(`The read models are rebuilt from ${events} events.`);
await readModels.close();
await store.close();
