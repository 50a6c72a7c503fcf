import { describe, expect, it } from 'vitest';
import { Clock } from '../support/clock.js';
import { startExternal, type ExternalShop } from '../support/external-shop.js';
import { byKey, eventually, nodesOf, world, type Answer } from './world.js';

describe('rule 10: nothing gets stuck', () => {
  const clock = new Clock();
  const w = world({ runtime: clock.runtime, leaseCheckMs: 5 });

  const RECORD = 'state leaseUntil finishedAt components { key state message }';
  const record = async ({ upgradeId }: ExternalShop): Promise<Answer> =>
    (await w().ask(`query ($id: ID!) { node(id: $id) { ... on UpgradeRecord { ${RECORD} } } }`, { id: upgradeId })).node;
  const report = ({ appId, upgradeId, ids }: ExternalShop, key: string, state: string): Promise<Answer> =>
    w().do('reportComponentUpgrade', { appId, upgradeId, componentId: ids[key], state }, `upgrade { ${RECORD} }`);
  const versionOf = async ({ appId }: ExternalShop): Promise<string> =>
    (await w().app(appId, 'installations { currentVersion }')).installations[0].currentVersion as string;

  /** An upgrade of which web is reported, and then nothing more until its lease has run out. */
  async function forgotten(name: string): Promise<ExternalShop> {
    const shop = await startExternal(w().api, name, { leaseSeconds: 60 });
    await report(shop, 'web', 'COMPLETED');
    clock.jump(60);
    await eventually(async () => expect((await record(shop)).state).toBe('UNKNOWN'));
    return shop;
  }

  it('an unfinished upgrade has a lease; past it, a timer says on the record that its outcome is unknown, not that it succeeded', async () => {
    const shop = await startExternal(w().api, 'leased', { leaseSeconds: 60 });
    expect(await record(shop)).toMatchObject({ state: 'RUNNING', leaseUntil: clock.in(60) });
    await report(shop, 'web', 'COMPLETED');
    clock.jump(60);
    await eventually(async () => expect((await record(shop)).state).toBe('UNKNOWN'));
    expect(byKey((await record(shop)).components)).toMatchObject({
      web: { state: 'COMPLETED' },
      db: { state: 'UNKNOWN' },
      redis: { state: 'UNKNOWN' },
    });
    expect(await versionOf(shop)).toBe('1.0');
    const { appId, upgradeId } = shop;
    const [unknown, ...more] = await w().history({ appId, types: ['UpgradeOutcomeUnknown'] }, 'data actor { kind }');
    expect(unknown).toMatchObject({ data: { upgradeId }, actor: { kind: 'SERVICE' } });
    expect(more).toEqual([]);
    // One runs at a time, but who is refused is told how to go on.
    const refusal = await w().refused('upgradeApp', { appId, toVersion: '1.1' });
    expect(refusal).toMatchObject({ code: 'UPGRADE_RUNNING', upgradeId, state: 'UNKNOWN' });
    expect(refusal.message).toMatch(/settleUpgrade.*retryUpgrade/);
  });

  it('it goes on by a late report', async () => {
    const shop = await forgotten('late');
    expect((await report(shop, 'db', 'COMPLETED')).upgrade).toMatchObject({ state: 'RUNNING', leaseUntil: clock.in(60) });
    const { upgrade } = await report(shop, 'redis', 'COMPLETED');
    expect(upgrade).toMatchObject({ state: 'COMPLETED', leaseUntil: null, finishedAt: expect.any(String) as string });
    expect(await versionOf(shop)).toBe('1.1');
  });

  it('it is retried: what was not reported alone is to be done again', async () => {
    const shop = await forgotten('retried');
    const { appId, upgradeId } = shop;
    const { upgrade } = await w().do('retryUpgrade', { appId, upgradeId, leaseSeconds: 60, reason: 'it was off' }, `upgrade { ${RECORD} }`);
    expect(upgrade).toMatchObject({ state: 'RUNNING', leaseUntil: clock.in(60) });
    expect(byKey(upgrade.components)).toMatchObject({
      web: { state: 'COMPLETED' },
      db: { state: 'RUNNING' },
      redis: { state: 'RUNNING' },
    });
    await report(shop, 'db', 'COMPLETED');
    expect((await report(shop, 'redis', 'COMPLETED')).upgrade.state).toBe('COMPLETED');
  });

  it('it is settled by who has looked, with a reason that goes on the record; then the next upgrade can come', async () => {
    const shop = await forgotten('settled');
    const { appId, upgradeId, ids } = shop;
    const settling = {
      appId,
      upgradeId,
      outcome: 'FAILED',
      components: [{ componentId: ids['db'], outcome: 'COMPLETED' }],
      reason: 'I looked',
    };
    const { upgrade } = await w().do('settleUpgrade', settling, `upgrade { ${RECORD} }`);
    expect(upgrade).toMatchObject({ state: 'PARTLY_COMPLETED', leaseUntil: null });
    expect(byKey(upgrade.components)).toMatchObject({
      web: { state: 'COMPLETED' },
      db: { state: 'COMPLETED', message: 'I looked' },
      redis: { state: 'FAILED' },
    });
    expect((await w().history({ appId, types: ['UpgradeSettled'] }))[0].data).toMatchObject({ upgradeId, reason: 'I looked' });
    const next = await w().do('upgradeApp', { appId, toVersion: '1.1' }, 'upgrade { state components { key } }');
    expect(next.upgrade).toEqual({ state: 'RUNNING', components: [{ key: 'redis' }] });
    const { upgradeRecords } = await w().app(appId, 'upgradeRecords { edges { node { state } } }');
    expect(nodesOf(upgradeRecords)).toEqual([{ state: 'RUNNING' }, { state: 'PARTLY_COMPLETED' }]);
  });
});
