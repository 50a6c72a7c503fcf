import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<Api['ask']>>;

const V1_0 = { web: { image: 'web:1', environment: { LOG: 'info' } }, db: { image: 'db:1' } };
const V1_1 = { web: { image: 'web:2', environment: { LOG: 'warn' } }, db: { image: 'db:2' } };
const REPLAY = `query ($id: ID!) { replayUpgrade(upgradeId: $id) {
  upgrade { kind state toVersion }
  before { components { key image } installations { currentVersion } }
  plan { fromVersion toVersion fingerprint conflicts { componentKey path base local target } components { key action } }
  decisions { actor { id } reason policy resolutions { componentKey path choice } components acceptDataLoss planFingerprint }
  steps { componentKey componentId event { type revision actor { id } definitions { path kind body } } }
  after { components { key image env { name value } } installations { currentVersion upgradeRecords { totalCount } } } } }`;

describe('the replay of an upgrade, over HTTP', () => {
  let server: TestServer;
  let shop: ReleaseShop;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await ReleaseShop.open(server.api, 'shop', V1_0);
    await shop.change(V1_1);
    await shop.publish('1.1');
  });
  afterAll(() => server.close());

  const replay = async (id: string): Promise<Answer> => (await server.api.ask(REPLAY, { id })).replayUpgrade;
  const upgrade = async ({ appId }: Installed, more: object = {}): Promise<string> => {
    const input = { appId, toVersion: '1.1', ...more };
    return (await server.api.mutate('upgradeApp', 'UpgradeAppInput', input, 'upgrade { id }')).upgrade.id as string;
  };
  const install = (more: object = {}): Promise<Installed> => shop.install('1.0', { appName: `app ${++number}`, ...more });

  it('shows what there was, what there was to decide, what was decided, each step, and what came of it, whatever happened since', async () => {
    const made = await install();
    await shop.edit(made, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } });
    const resolutions = [{ componentKey: 'web', path: '/env/LOG', choice: 'LOCAL' }];
    const id = await upgrade(made, { resolutions, reason: 'it was time' });
    await server.api.mutate('deleteApp', 'DeleteAppInput', { appId: made.appId }, 'position');
    const told = await replay(id);
    expect(told).toMatchObject({
      upgrade: { kind: 'UPGRADE', state: 'COMPLETED', toVersion: '1.1' },
      before: { components: [{ image: 'web:1' }, { image: 'db:1' }], installations: [{ currentVersion: '1.0' }] },
      plan: {
        fromVersion: '1.0',
        toVersion: '1.1',
        conflicts: [{ componentKey: 'web', path: '/env/LOG', base: 'info', local: 'debug', target: 'warn' }],
      },
      decisions: { actor: { id: 'local' }, reason: 'it was time', policy: 'ASK', resolutions, components: null, acceptDataLoss: false },
      after: {
        components: [{ image: 'web:2', env: [{ name: 'LOG', value: 'debug' }] }, { image: 'db:2' }],
        installations: [{ currentVersion: '1.1', upgradeRecords: { totalCount: 1 } }],
      },
    });
    expect(told.steps.map(({ componentKey, event }: Answer) => [event.type, componentKey, event.actor.id])).toEqual([
      ['UpgradeStarted', null, 'local'],
      ['ComponentUpgraded', 'web', 'local'],
      ['ComponentUpgraded', 'db', 'local'],
      ['AppUpgraded', null, 'local'],
    ]);
  });

  it('has the plan that was carried out, where there was nothing to decide', async () => {
    const { plan, decisions } = await replay(await upgrade(await install()));
    expect(plan.conflicts).toEqual([]);
    expect(plan.fingerprint).toBe(decisions.planFingerprint);
  });

  it('of some components has the plan of these', async () => {
    const made = await install();
    const { plan, decisions, after } = await replay(await upgrade(made, { components: [made.ids['db']] }));
    expect(plan.fingerprint).toBe(decisions.planFingerprint);
    expect(decisions.components).toEqual([made.ids['db']?.split(':')[1]]);
    expect(after.installations).toMatchObject([{ currentVersion: '1.0' }]);
  });

  it('of a rollback goes the other way', async () => {
    const made = await install();
    const upgradeId = await upgrade(made);
    const input = { appId: made.appId, upgradeId, reason: 'it was bad' };
    const { upgrade: rollback } = await server.api.mutate('rollbackUpgrade', 'RollbackUpgradeInput', input, 'upgrade { id }');
    const told = await replay(rollback.id as string);
    expect(told).toMatchObject({
      upgrade: { kind: 'ROLLBACK' },
      before: { installations: [{ currentVersion: '1.1' }] },
      plan: { fromVersion: '1.1', toVersion: '1.0' },
      decisions: { reason: 'it was bad' },
      after: { installations: [{ currentVersion: '1.0' }] },
    });
    expect(told.plan.fingerprint).toBe(told.decisions.planFingerprint);
    expect((await replay(upgradeId)).after).toMatchObject({ installations: [{ currentVersion: '1.1' }] });
  });

  it('of one that an integration carries out goes as far as it has come', async () => {
    const made = await install({ target: 'EXTERNAL' });
    const id = await upgrade(made);
    const report = { appId: made.appId, upgradeId: id, componentId: made.ids['web'], state: 'COMPLETED' };
    await server.api.mutate('reportComponentUpgrade', 'ReportComponentUpgradeInput', report, 'position');
    const told = await replay(id);
    expect(told.upgrade.state).toBe('RUNNING');
    expect(told.steps.map(({ componentKey, event }: Answer) => [event.type, componentKey])).toEqual([
      ['UpgradeStarted', null],
      ['ComponentUpgraded', 'web'],
    ]);
  });

  it('of an upgrade that is not there is NOT_FOUND', async () => {
    const { extensions } = await server.api.refusal(REPLAY, { id: '00000000-0000-4000-8000-000000000000' });
    expect(extensions.code).toBe('NOT_FOUND');
  });

  it('steps show the contents that their events name', async () => {
    const { steps } = await replay(await upgrade(await install()));
    const [web] = steps.filter(({ componentKey }: Answer) => componentKey === 'web');
    expect(web.event.definitions).toMatchObject([
      { path: '/base', kind: 'DEFINITION', body: { key: 'web', image: 'web:1' } },
      { path: '/target', kind: 'DEFINITION', body: { key: 'web', image: 'web:2' } },
    ]);
  });
});
