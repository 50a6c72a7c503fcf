import { join } from 'node:path';
import { pino } from 'pino';
import { projections } from '../projections/index.js';
import { readEnvironment } from './config.js';
import { openStore } from './open-store.js';
import { Projector } from './projector/projector.js';
import { deleteReadModel, SqliteReadModel } from './projector/read-model.js';
import { READ_MODEL_FILE } from './server.js';

/** Throws the read models away and makes them anew from the log. The server must not be running. */
const config = readEnvironment();
const logger = pino({ level: config.logLevel }, pino.destination(2));
const store = await openStore(config, logger);
const path = join(config.dataDir, READ_MODEL_FILE);
deleteReadModel(path);
const readModel = SqliteReadModel.open({ path, projections, logId: store.logId, logger });
const projector = new Projector({ store, readModel, projections, logger });
projector.start();
const head = await store.head();
await projector.waitFor(head, { timeoutMs: 24 * 60 * 60 * 1000 });
await projector.close();
console.log(`The read models are rebuilt from ${readModel.get<{ n: number }>('SELECT count(*) AS n FROM history')?.n ?? 0} events.`);
readModel.close();
await store.close();
