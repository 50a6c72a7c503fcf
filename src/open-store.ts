import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import type { Logger } from './logger.js';
import { openEmbeddedStore } from './store/embedded/embedded-store.js';
import type { EventStore } from './store/event-store.js';

const LOG_FILE = 'log.db';

/**
 * Opens the log that the configuration names: EventStoreDB where it has a URL, otherwise the embedded one in the data folder, which is made.
 * @throws StoreUnavailableError that says what is wrong; an EventStoreDB that cannot be reached is waited for, a while.
 */
export async function openStore(
  { dataDir, eventStoreUrl }: Pick<Config, 'dataDir' | 'eventStoreUrl'>,
  logger: Logger,
): Promise<EventStore> {
  mkdirSync(dataDir, { recursive: true });
  if (eventStoreUrl === undefined) return openEmbeddedStore({ path: join(dataDir, LOG_FILE) });
  const { openEventStoreDb } = await import('./store/eventstoredb/open.js');
  return openEventStoreDb({ url: eventStoreUrl, logger });
}
