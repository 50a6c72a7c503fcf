import { open } from 'node:fs/promises';
import { ImportRefusedError } from '../../audit/import.js';
import { readEnvironment, type Config } from '../../config.js';
import { createLogger } from '../../logger.js';
import { openStore } from '../../open-store.js';
import type { EventStore } from '../../store/event-store.js';
import type { ExitCode } from '../exit-code.js';

/** Opens the configured log and runs a command over it. */
export async function withStore(
  readOnly: boolean,
  run: (store: EventStore, config: Config) => Promise<ExitCode>,
  options: { create?: boolean } = {},
): Promise<ExitCode> {
  const config = readEnvironment();
  const store = await openStore(config, createLogger(config.logLevel), { readOnly, ...options });
  try {
    return await run(store, config);
  } finally {
    await store.close();
  }
}

/** Opens a file to read it, before anything else is opened or made for it. */
export async function withInput(path: string, run: (input: AsyncIterable<string>) => Promise<ExitCode>): Promise<ExitCode> {
  const file = await open(path);
  try {
    if ((await file.stat()).isDirectory()) throw new ImportRefusedError(`${path} is a folder`);
    return await run(file.createReadStream({ encoding: 'utf8' }) as AsyncIterable<string>);
  } finally {
    await file.close();
  }
}
