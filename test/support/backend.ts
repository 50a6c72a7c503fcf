import { openBackend, type BackendOptions, type RunningBackend } from '../../src/backend.js';
import type { CommandContext } from '../../src/commands/context.js';
import { silentLogger } from '../../src/logger.js';
import { parseMasterKey, type MasterKeys } from '../../src/secrets/master-keys.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';

export const tester: CommandContext = { actor: { id: 'tester', kind: 'USER' }, correlationId: 'test' };

/** The keys of every node of the tests, since they share stores. */
export const testKeys: MasterKeys = { current: keyOf('07') };

/** A master key that says its byte 32 times. */
export function keyOf(byte: string): MasterKeys['current'] {
  const key = parseMasterKey(byte.repeat(32));
  if (!key) throw new Error(`${byte} is no byte`);
  return key;
}

/** The whole backend in memory: the real store, projector and read models, without the network. */
export function openTestBackend(options: Partial<BackendOptions> = {}): Promise<RunningBackend> {
  return openBackend({
    store: openEmbeddedStore({ path: ':memory:' }),
    readModelPath: ':memory:',
    logger: silentLogger,
    masterKeys: testKeys,
    ...options,
  });
}
