import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<Api['ask']>>;

const V1_0 = { web: { image: 'web:1', environment: { LOG: 'info', OLD: 'x' } }, cron: { image: 'cron:1' } };
const V1_1 = { web: { image: 'web:2', environment: { LOG: 'info' } }, redis: { image: 'redis:7' } };
const CHANGES = `components { key previousKey change fields { path change before after secret risk { code } } }
  appFields { path after } summary { added changed removed renamed unchanged fields } before { name } after { name installations { currentVersion } }`;

describe('the changes of an app between two moments, over HTTP', () => {
  let server: TestServer;
  let shop: ReleaseShop;
  let install: Installed;
  let created: string;
  let installed: string;
  let upgraded: string;

  const position = async (): Promise<string> => (await server.api.ask('{ position }')).position as string;
  const query = `query ($id: ID!, $from: AsOfInput!, $to: AsOfInput) { changesBetween(appId: $id, from: $from, to: $to) { from to ${CHANGES} } }`;
  const changes = async (appId: string, from: string, to?: string): Promise<Answer> =>
    (await server.api.ask(query, { id: appId, from: { position: from }, ...(to && { to: { position: to } }) })).changesBetween;

  beforeAll(async () => {
    server = await startTestServer();
    shop = await ReleaseShop.open(server.api, 'shop', V1_0);
    created = await position();
    install = await shop.install('1.0');
    installed = await position();
    await shop.edit(install, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } });
    await shop.change(V1_1);
    await shop.publish('1.1');
    const upgrade = { appId: install.appId, toVersion: '1.1', acceptDataLoss: true };
    await server.api.mutate('upgradeApp', 'UpgradeAppInput', upgrade, 'position');
    await server.api.mutate('updateApp', 'UpdateAppInput', { appId: install.appId, name: 'renamed' }, 'position');
    upgraded = await position();
    await shop.edit(install, 'web', { set: { key: 'front' } });
  });
  afterAll(() => server.close());

  it('are told component by component and field by field, local changes and those of an upgrade alike', async () => {
    expect(await changes(install.appId, installed, upgraded)).toEqual({
      from: installed,
      to: upgraded,
      components: [
        {
          key: 'web',
          previousKey: null,
          change: 'CHANGED',
          fields: [
            { path: '/env/LOG', change: 'CHANGED', before: 'info', after: 'debug', secret: false, risk: null },
            { path: '/env/OLD', change: 'REMOVED', before: 'x', after: null, secret: false, risk: { code: 'VARIABLE_REMOVED' } },
            { path: '/image', change: 'CHANGED', before: 'web:1', after: 'web:2', secret: false, risk: { code: 'MAJOR_IMAGE_CHANGE' } },
          ],
        },
        expect.objectContaining({ key: 'redis', change: 'ADDED' }),
        expect.objectContaining({ key: 'cron', change: 'REMOVED' }),
      ],
      appFields: [],
      summary: expect.objectContaining({ added: 1, changed: 1, removed: 1, renamed: 0, unchanged: 0 }) as object,
      before: { name: 'install 1' },
      after: { name: 'renamed', installations: [{ currentVersion: '1.1' }] },
    });
  });

  it('without a second moment are those up to now', async () => {
    const { components } = await changes(install.appId, upgraded);
    expect(components[0]).toMatchObject({ key: 'front', previousKey: 'web', change: 'RENAMED', fields: [{ path: '/key' }] });
  });

  it('of one moment and itself are none', async () => {
    const { summary } = await changes(install.appId, upgraded, upgraded);
    expect(summary).toEqual({ added: 0, changed: 0, removed: 0, renamed: 0, unchanged: 2, fields: 0 });
  });

  it('since before the app was there are all of it', async () => {
    expect(await changes(install.appId, created, installed)).toMatchObject({
      components: [{ change: 'ADDED' }, { change: 'ADDED' }],
      before: null,
      after: { name: 'install 1' },
    });
  });

  it('follow a component that is mapped to one of the template', async () => {
    const other = await shop.install('1.0');
    await shop.add(other, { key: 'cache', image: 'redis:7' });
    const before = await position();
    const { template } = await server.api.ask(
      'query ($id: ID!) { template(id: $id) { version(version: "1.1") { components { key templateComponentId } } } }',
      { id: shop.templateId },
    );
    const { app } = await server.api.ask('query ($id: ID!) { app(id: $id) { components { id key } } }', { id: other.appId });
    const idOf = (list: Answer[], key: string, id: string): string => list.find((each) => each.key === key)[id] as string;
    const templateComponentId = idOf(template.version.components, 'redis', 'templateComponentId');
    const input = { appId: other.appId, componentId: idOf(app.components, 'cache', 'id'), templateComponentId };
    await server.api.mutate('mapComponent', 'MapComponentInput', input, 'position');
    const { summary } = await changes(other.appId, before);
    expect(summary).toMatchObject({ added: 0, removed: 0 });
  });

  it('hide a value that is a secret on one of the sides', async () => {
    const before = await position();
    const env = [{ name: 'LOG', secret: true, value: 's3cret' }];
    await shop.edit(install, 'web', { set: { env } });
    const { components } = await changes(install.appId, before);
    expect(components[0].fields).toEqual([{ path: '/env/LOG', change: 'CHANGED', before: null, after: null, secret: true, risk: null }]);
  });

  it('are refused where the moments are the wrong way round, or the app is at neither', async () => {
    const refused = async (id: string, from: string, to: string): Promise<unknown> =>
      (await server.api.refusal(query, { id, from: { position: from }, to: { position: to } })).extensions;
    expect(await refused(install.appId, upgraded, installed)).toMatchObject({ code: 'BAD_USER_INPUT', path: 'from' });
    expect(await refused(install.appId, created, created)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused('00000000-0000-4000-8000-000000000000', created, installed)).toMatchObject({ code: 'NOT_FOUND' });
  });
});
