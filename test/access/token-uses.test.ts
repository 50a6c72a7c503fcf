import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenUses } from '../../src/access/token-uses.js';
import type { Token } from '../../src/domain/access/token.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import { wrapStore } from '../support/nodes.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { TokenDesk } from './token-desk.js';

const silent = pino({ level: 'silent' });
const minute = (n: number): string => new Date(Date.UTC(2030, 0, 1, 0, n)).toISOString();
const token = (lastUsedAt?: string): Token => ({ tokenId: 't', name: 'robot', grants: [], createdAt: minute(0), lastUsedAt });

describe('the uses of tokens', () => {
  it('are known at once, whatever the log has', () => {
    const uses = new TokenUses(() => Promise.resolve(), silent);
    expect(uses.lastUseOf(token())).toBeUndefined();
    uses.used(token(), minute(3));
    uses.used(token(minute(3)), minute(4));
    expect(uses.lastUseOf(token(minute(3)))).toBe(minute(4));
    expect(uses.lastUseOf(token(minute(9)))).toBe(minute(9));
  });

  it('are given to be recorded only where the log has none within the hour', async () => {
    const record = vi.fn(() => Promise.resolve());
    const uses = new TokenUses(record, silent);
    for (let n = 60; n < 120; n++) uses.used(token(minute(60)), minute(n));
    expect(record).not.toHaveBeenCalled();
    uses.used(token(minute(60)), minute(120));
    await uses.close();
    expect(record.mock.calls).toEqual([['t', minute(120)]]);
  });

  it('are tried again where they could not be recorded, a minute later at the soonest', async () => {
    const record = vi.fn<(id: string, at: string) => Promise<void>>().mockRejectedValue(new Error('the store is away'));
    const uses = new TokenUses(record, silent);
    for (const at of ['00.000', '10.000', '59.999']) uses.used(token(), `2030-01-01T00:00:${at}Z`);
    await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(1));
    uses.used(token(), minute(1));
    await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(2));
  });

  it('are recorded no more once it is closed', async () => {
    const record = vi.fn(() => Promise.resolve());
    const uses = new TokenUses(record, silent);
    await uses.close();
    uses.used(token(), minute(1));
    expect(record).not.toHaveBeenCalled();
  });
});

describe('AccessToken.lastUsedAt', () => {
  let store: EventStore;
  let node: TestNode;
  let now: string;
  const runtime = { ...systemRuntime, now: () => now };

  beforeEach(async () => {
    now = minute(0);
    store = openEmbeddedStore({ path: ':memory:' });
    node = await startTestNode({ store, runtime, access: 'tokens' });
  });
  afterEach(() => node.close());

  const uses = async (): Promise<unknown[]> =>
    (await store.readAll({ after: BEFORE_FIRST })).filter(({ type }) => type === 'TokenUsed').map(({ data }) => data['at']);

  it('tells of the request that asks; many requests leave one event an hour', async () => {
    const { secret } = await new TokenDesk(store, runtime).create();
    const api = node.api.with({ authorization: `Bearer ${secret}` });
    const lastUsedAt = async (from = api): Promise<unknown> => {
      const { data } = await from.send('{ tokens { edges { node { lastUsedAt } } } }');
      return data?.tokens.edges[0].node.lastUsedAt as unknown;
    };
    await vi.waitFor(async () => expect(await lastUsedAt()).toBe(minute(0)), { timeout: 5_000 });
    await vi.waitFor(async () => expect(await uses()).toEqual([minute(0)]));
    now = minute(59);
    for (let n = 0; n < 20; n++) expect(await lastUsedAt()).toBe(minute(59));
    expect(await uses()).toEqual([minute(0)]);
    now = minute(60);
    expect(await lastUsedAt()).toBe(minute(60));
    await vi.waitFor(async () => expect(await uses()).toEqual([minute(0), minute(60)]));
    now = minute(70);
    expect(await lastUsedAt()).toBe(minute(70));

    // Another node, or this one after a restart, has what was recorded.
    const other = await startTestNode({ store: wrapStore(store, { close: () => Promise.resolve() }), runtime });
    expect(await lastUsedAt(other.api)).toBe(minute(60));
    await other.close();
  });

  it('is null of a token that was never used, and an attempt without the secret does not count', async () => {
    await new TokenDesk(store, runtime).create();
    await node.api.with({ authorization: `Bearer rgt_${'A'.repeat(43)}` }).post('{ __typename }');
    expect(await uses()).toEqual([]);
  });
});
