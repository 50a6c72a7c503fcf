import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { openEmbeddedStore } from './store/embedded/embedded-store.js';
import { StoreUnavailableError } from './store/errors.js';
import type { EventStore } from './store/event-store.js';

const LOG_FILE = 'log.db';

/**
 * Opens the log that the configuration names; to write it unless it is said otherwise.
 * @throws StoreUnavailableError where it cannot be opened.
 */
export function openStore({ dataDir }: Pick<Config, 'dataDir'>, { readOnly = false } = {}): Promise<EventStore> {
  if (!readOnly) makeFolder(dataDir);
  return Promise.resolve(openEmbeddedStore({ path: join(dataDir, LOG_FILE), readOnly }));
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailableError(`the data folder ${path} cannot be made (${reason})`, { cause: error });
  }
}
