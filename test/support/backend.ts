import { openBackend, type BackendOptions, type RunningBackend } from '../../src/backend.js';
import type { CommandContext } from '../../src/commands/context.js';
import { silentLogger } from '../../src/logger.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';

export const tester: CommandContext = { actor: { id: 'tester', kind: 'USER' }, correlationId: 'test' };

/** The whole backend in memory: the real store, projector and read models, without the network. */
export function openTestBackend(options: Partial<BackendOptions> = {}): Promise<RunningBackend> {
  return openBackend({ store: openEmbeddedStore({ path: ':memory:' }), readModelPath: ':memory:', logger: silentLogger, ...options });
}
