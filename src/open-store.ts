import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { openEmbeddedStore } from './store/embedded/embedded-store.js';
import { StoreUnavailableError } from './store/errors.js';
import type { EventStore } from './store/event-store.js';

const LOG_FILE = 'log.db';

export interface OpenStoreOptions {
  /** To read beside the program that writes; appends are refused. */
  readonly readOnly?: boolean;
  /** Whether an embedded log that is not there is made; so by default, unless it is only read. */
  readonly create?: boolean;
}

/**
 * Opens the log that the configuration names.
 * @throws StoreUnavailableError where it cannot be opened; the system's error where the data folder cannot be made.
 */
export async function openStore(
  { dataDir }: Pick<Config, 'dataDir'>,
  { readOnly = false, create = !readOnly }: OpenStoreOptions = {},
): Promise<EventStore> {
  const path = join(dataDir, LOG_FILE);
  if (create) mkdirSync(dataDir, { recursive: true });
  else if (!existsSync(path)) throw new StoreUnavailableError(`there is no log at ${path}: name its folder by REGRAFT_DATA_DIR`);
  return Promise.resolve(openEmbeddedStore({ path, readOnly }));
}
