import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunningBackend } from '../../src/backend.js';
import { handleAddComponent, handleCreateApp } from '../../src/commands/apps.js';
import { execute } from '../../src/commands/execute.js';
import { appTarget } from '../../src/commands/target.js';
import { refuse } from '../../src/domain/decision.js';
import type { AppId } from '../../src/domain/ids.js';
import { openTestBackend, tester } from '../support/backend.js';

describe('a command whose request was given up', () => {
  let backend: RunningBackend;
  let appId: AppId;
  beforeEach(async () => {
    backend = await openTestBackend();
    ({ result: appId } = await handleCreateApp(backend.services, tester, { name: 'shop', team: 'makers' }));
  });
  afterEach(() => backend.close());

  it('writes nothing where it was waiting for its turn', async () => {
    const { services, store } = backend;
    const { promise: decided, resolve: decide } = Promise.withResolvers<void>();
    const before = execute(services, tester, appTarget(services.aggregates, appId), {
      decide: async () => {
        await decided;
        return refuse('FORBIDDEN', 'it was only to take its time');
      },
      answer: () => undefined,
    });
    const request = new AbortController();
    const waiting = handleAddComponent(services, { ...tester, signal: request.signal }, { appId }, { key: 'web' });
    const reason = new Error('it took too long');
    request.abort(reason);
    const head = await store.head();
    decide();
    await expect(before).rejects.toThrow('only to take its time');
    await expect(waiting).rejects.toBe(reason);
    expect(await store.head()).toBe(head);
  });
});
