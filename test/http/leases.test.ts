import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BackendOptions } from '../../src/backend.js';
import { startServer } from '../../src/server.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { Clock } from '../support/clock.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { startExternal } from '../support/external-shop.js';
import { factsOf, wrapStore } from '../support/nodes.js';
import { Api, startTestNode, type TestNode } from '../support/server.js';

const STATE = 'query ($id: ID!) { node(id: $id) { ... on UpgradeRecord { state leaseUntil components { key state } } } }';

describe('the lease of an upgrade that an integration carries out', () => {
  const closing: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const stateOf = async (api: Api, id: string): Promise<string> => (await api.ask(STATE, { id })).node.state as string;
  const becomes = (api: Api, id: string, state: string): Promise<void> =>
    vi.waitFor(async () => expect(await stateOf(api, id)).toBe(state), { timeout: 10_000, interval: 5 });

  async function startNode(options: Partial<BackendOptions>): Promise<TestNode> {
    const node = await startTestNode({ leaseCheckMs: 5, ...options });
    closing.push(() => node.close());
    return node;
  }

  it('runs out at its end and not before, by the clock that commands carry: the outcome is unknown until it is reported', async () => {
    const clock = new Clock();
    const looked = vi.spyOn(clock.runtime, 'now');
    const { api } = await startNode({ runtime: clock.runtime });
    const { appId, upgradeId, ids } = await startExternal(api, 'shop', { leaseSeconds: 60 });
    const until = clock.in(60);
    clock.jump(59.999);
    const before = looked.mock.calls.length;
    await vi.waitFor(() => expect(looked.mock.calls.length).toBeGreaterThan(before + 3), { interval: 5 });
    expect((await api.ask(STATE, { id: upgradeId })).node).toMatchObject({ state: 'RUNNING', leaseUntil: until });
    clock.jump(0.001);
    await becomes(api, upgradeId, 'UNKNOWN');
    expect((await api.ask(STATE, { id: upgradeId })).node.components[0]).toEqual({ key: 'web', state: 'UNKNOWN' });
    const another = { appId, toVersion: '1.1' };
    const refused = await api.refuse('upgradeApp', 'UpgradeAppInput', another);
    expect(refused.extensions).toMatchObject({ code: 'UPGRADE_RUNNING', until, state: 'UNKNOWN' });
    expect(refused.message).toMatch(/settleUpgrade.*retryUpgrade/);
    for (const componentId of Object.values(ids)) {
      await api.mutate(
        'reportComponentUpgrade',
        'ReportComponentUpgradeInput',
        { appId, upgradeId, componentId, state: 'COMPLETED' },
        'position',
      );
    }
    expect(await stateOf(api, upgradeId)).toBe('COMPLETED');
  });

  it('is put off by every report, and survives clocks that jump', async () => {
    const clock = new Clock();
    const { api } = await startNode({ runtime: clock.runtime });
    const { appId, upgradeId, ids } = await startExternal(api, 'shop', { leaseSeconds: 60 });
    const progress = { appId, upgradeId, componentId: ids['web'], state: 'RUNNING' };
    clock.jump(50);
    await api.mutate('reportComponentUpgrade', 'ReportComponentUpgradeInput', progress, 'position');
    const until = clock.in(60);
    clock.jump(-40_000);
    await api.mutate('reportComponentUpgrade', 'ReportComponentUpgradeInput', { ...progress, message: 'still' }, 'position');
    expect((await api.ask(STATE, { id: upgradeId })).node).toMatchObject({ state: 'RUNNING', leaseUntil: until });
    clock.jump(40_060);
    await becomes(api, upgradeId, 'UNKNOWN');
    await api.mutate('retryUpgrade', 'RetryUpgradeInput', { appId, upgradeId, leaseSeconds: 30 }, 'position');
    expect((await api.ask(STATE, { id: upgradeId })).node).toMatchObject({ state: 'RUNNING', leaseUntil: clock.in(30) });
    clock.jump(30);
    await becomes(api, upgradeId, 'UNKNOWN');
  });

  it('is found by a server that starts after it ran out; what was reported before is known', async () => {
    const clock = new Clock();
    const dataDir = mkdtempSync(join(tmpdir(), 'regraft-leases-'));
    closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const start = (): ReturnType<typeof startServer> =>
      startServer(
        { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' },
        { logger: pino({ level: 'silent' }), runtime: clock.runtime, leaseCheckMs: 5 },
      );
    const first = await start();
    const { appId, upgradeId, ids } = await startExternal(new Api(first.url), 'shop');
    const report = { appId, upgradeId, componentId: ids['web'], state: 'COMPLETED' };
    await new Api(first.url).mutate('reportComponentUpgrade', 'ReportComponentUpgradeInput', report, 'position');
    await first.close();
    clock.jump(1000);
    const second = await start();
    closing.push(() => second.close());
    const api = new Api(second.url);
    await becomes(api, upgradeId, 'UNKNOWN');
    expect((await api.ask(STATE, { id: upgradeId })).node.components).toEqual([
      { key: 'web', state: 'COMPLETED' },
      { key: 'db', state: 'UNKNOWN' },
      { key: 'redis', state: 'UNKNOWN' },
    ]);
    const settled = await api.mutate(
      'settleUpgrade',
      'SettleUpgradeInput',
      { appId, upgradeId, outcome: 'COMPLETED' },
      'upgrade { state }',
    );
    expect(settled.upgrade.state).toBe('COMPLETED');
  });

  it('runs out once, however many nodes look', async () => {
    const clock = new Clock();
    const store = openEmbeddedStore({ path: ':memory:' });
    closing.push(() => store.close());
    const shared = wrapStore(store, { close: () => Promise.resolve() });
    const nodes = [
      await startNode({ store: shared, runtime: clock.runtime }),
      await startNode({ store: shared, runtime: clock.runtime }),
      await startNode({ store: shared, runtime: clock.runtime }),
    ];
    const api = nodes[0]?.api ?? new Api('');
    const { upgradeId } = await startExternal(api, 'shop');
    clock.jump(900);
    for (const node of nodes) await becomes(node.api, upgradeId, 'UNKNOWN');
    expect((await factsOf(store)).filter(({ type }) => type === 'UpgradeOutcomeUnknown')).toHaveLength(1);
  });

  it('runs out on a node whose log is in EventStoreDB, also after the store was away', async () => {
    const clock = new Clock();
    const database = await TestEventStoreDb.start();
    closing.push(() => database.stop());
    const dataDir = mkdtempSync(join(tmpdir(), 'regraft-leases-'));
    closing.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const node = await startServer(
      { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent', eventStoreUrl: database.url },
      { logger: pino({ level: 'silent' }), runtime: clock.runtime, leaseCheckMs: 5 },
    );
    closing.push(() => node.close());
    const api = new Api(node.url);
    const { upgradeId } = await startExternal(api, 'shop');
    database.stop();
    clock.jump(900);
    await database.start();
    await becomes(api, upgradeId, 'UNKNOWN');
  });
});
