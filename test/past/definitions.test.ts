import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseShop } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<Api['ask']>>;

describe('the definitions of an event, over HTTP', () => {
  let server: TestServer;
  let shop: ReleaseShop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await ReleaseShop.open(server.api, 'shop', { web: { image: 'web:1' }, db: { image: 'db:1' } });
  });
  afterAll(() => server.close());

  const events = async (filter: object, args = ''): Promise<Answer[]> => {
    const query = `query ($filter: HistoryFilter) { history(filter: $filter, first: 100) { edges { node { type data definitions${args} { path digest kind body } } } } }`;
    const { history } = await server.api.ask(query, { filter });
    return history.edges.map(({ node }: Answer) => node) as Answer[];
  };

  it('are those that its data names, with where it names them', async () => {
    const [release] = await events({ templateId: shop.templateId, types: ['ReleaseStarted'] });
    expect(release.definitions).toMatchObject([
      {
        path: '/difference/set/0/digest',
        digest: release.data.difference.set[0].digest,
        kind: 'DEFINITION',
        body: { key: 'web', image: 'web:1' },
      },
      { path: '/difference/set/1/digest', kind: 'DEFINITION', body: { key: 'db' } },
      { path: '/difference/content', kind: 'APP_CONTENT', body: {} },
    ]);
    expect((await events({ templateId: shop.templateId, types: ['ReleaseStarted'] }, '(first: 1)'))[0].definitions).toHaveLength(1);
  });

  it('are the local patch alone where a component is changed at an install', async () => {
    const install = await shop.install('1.0');
    await shop.edit(install, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } });
    const [changed] = await events({ appId: install.appId, types: ['ComponentChanged'] });
    expect(changed.definitions).toMatchObject([{ path: '/patch', kind: 'PATCH', body: { set: { '/env/LOG': 'debug' }, unset: [] } }]);
  });

  it('are not what a text of a user happens to name', async () => {
    const [added] = await events({ appId: shop.appId, types: ['ComponentAdded'] });
    const install = await shop.install('1.0');
    const [{ digest }] = added.definitions;
    await shop.change({ web: { image: 'web:2' }, db: { image: 'db:1' } });
    await shop.publish('1.1');
    await server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId: install.appId, toVersion: '1.1', reason: digest }, 'position');
    const [started] = await events({ appId: install.appId, types: ['UpgradeStarted'] });
    expect(started.data.reason).toBe(digest);
    expect(started.definitions).toEqual([]);
  });

  it('are none of an event that names none', async () => {
    const [created] = await events({ appId: shop.appId, types: ['AppCreated'] });
    expect(created.definitions).toEqual([]);
  });
});
