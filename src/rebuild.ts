import { join } from 'node:path';
import { countHistory } from '../projections/history/queries.js';
import { projections, projectionsWithContents } from '../projections/index.js';
import type { Config } from './config.js';
import { eventSchemas } from './domain/event-catalogue.js';
import { createLogger } from './logger.js';
import { openStore } from './open-store.js';
import { ReadModels } from './projector/read-models.js';
import { READ_MODEL_FILE } from './server.js';
import { EventCodec } from './store/codec.js';
import { decodingStore } from './store/decoding-store.js';

/**
 * Makes the read models anew from the log, while the server is not running. While it is, the mutation `rebuildReadModels` does.
 * @returns the number of events that they are made of.
 */
export async function rebuildReadModels(config: Config): Promise<number | null> {
  const logger = createLogger(config.logLevel);
  const store = decodingStore(await openStore(config, logger, { create: false }), new EventCodec(eventSchemas));
  const path = join(config.dataDir, READ_MODEL_FILE);
  const keepContents = config.eventStoreUrl !== undefined;
  const readModels = new ReadModels({ store, path, projections: keepContents ? projectionsWithContents : projections, logger, anew: true });
  await readModels.ready();
  const events = readModels.read((db) => countHistory(db, {}));
  await readModels.close();
  await store.close();
  return events;
}
