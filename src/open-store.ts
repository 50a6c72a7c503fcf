import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import type { Logger } from './logger.js';
import { openEmbeddedStore } from './store/embedded/embedded-store.js';
import { StoreUnavailableError } from './store/errors.js';
import type { EventStore } from './store/event-store.js';

const LOG_FILE = 'log.db';

export interface OpenStoreOptions {
  /** To read an embedded log beside the program that writes it; appends are refused. */
  readonly readOnly?: boolean;
  /** Whether an embedded log that is not there is made; so by default, unless it is only read. */
  readonly create?: boolean;
  /** Ends the waiting for EventStoreDB. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the log that the configuration names: EventStoreDB where it has a URL, otherwise the embedded one in the data folder.
 * @throws StoreUnavailableError that says what is wrong (an EventStoreDB that cannot be reached is waited for, a while); the system's error where
 * the data folder cannot be made; the reason of the signal, where that came first.
 */
export async function openStore(
  { dataDir, eventStoreUrl }: Pick<Config, 'dataDir' | 'eventStoreUrl'>,
  logger: Logger,
  { readOnly = false, create = !readOnly, signal }: OpenStoreOptions = {},
): Promise<EventStore> {
  if (create) mkdirSync(dataDir, { recursive: true });
  if (eventStoreUrl !== undefined) {
    const { openEventStoreDb } = await import('./store/eventstoredb/open.js');
    return openEventStoreDb({ url: eventStoreUrl, logger, ...(signal && { signal }) });
  }
  const path = join(dataDir, LOG_FILE);
  if (!create && !existsSync(path)) throw new StoreUnavailableError(`there is no log at ${path}: name its folder by REGRAFT_DATA_DIR`);
  return openEmbeddedStore({ path, readOnly });
}
