import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseShop, type Installed } from '../support/release-shop.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

type Answer = Awaited<ReturnType<Api['ask']>>;

const V1_0 = { web: { image: 'web:1', environment: { LOG: 'info' } } };
const V1_1 = { web: { image: 'web:2', environment: { LOG: 'info' } }, redis: { image: 'redis:7' } };
const APP = `name revision components { key image env { name value } localChanges { path after } } installations {
  currentVersion upgradableVersions { version } template { name latestVersion { version } } upgradeRecords { totalCount } }`;

describe('asking as of the past, over HTTP', () => {
  let server: TestServer;
  let shop: ReleaseShop;
  let install: Installed;
  /** Before there was anything, when 1.0 was installed, when 1.1 was offered, when it was upgraded, when it was deleted. */
  let before: string;
  let installed: string;
  let offered: string;
  let upgraded: string;
  let deleted: string;

  const position = async (): Promise<string> => (await server.api.ask('{ position }')).position as string;
  const appAsOf = (asOf: object, selection = APP): Promise<Answer> =>
    server.api
      .ask(`query ($id: ID!, $asOf: AsOfInput) { app(id: $id, asOf: $asOf) { ${selection} } }`, { id: install.appId, asOf })
      .then(({ app }: Answer) => app);

  beforeAll(async () => {
    server = await startTestServer();
    before = await position();
    shop = await ReleaseShop.open(server.api, 'shop', V1_0);
    install = await shop.install('1.0');
    await shop.edit(install, 'web', { set: { env: [{ name: 'LOG', value: 'debug' }] } });
    installed = await position();
    await shop.change(V1_1);
    await shop.publish('1.1');
    offered = await position();
    await server.api.mutate('upgradeApp', 'UpgradeAppInput', { appId: install.appId, toVersion: '1.1' }, 'position');
    upgraded = await position();
    await server.api.mutate('deleteApp', 'DeleteAppInput', { appId: install.appId }, 'position');
    deleted = await position();
  });
  afterAll(() => server.close());

  it('an app has the components, the version and the offer of then', async () => {
    const web = {
      key: 'web',
      image: 'web:1',
      env: [{ name: 'LOG', value: 'debug' }],
      localChanges: [{ path: '/env/LOG', after: 'debug' }],
    };
    expect(await appAsOf({ position: installed })).toMatchObject({
      components: [web],
      installations: [{ currentVersion: '1.0', upgradableVersions: [], template: { latestVersion: { version: '1.0' } } }],
    });
    expect(await appAsOf({ position: offered })).toMatchObject({
      components: [web],
      installations: [{ currentVersion: '1.0', upgradableVersions: [{ version: '1.1' }], upgradeRecords: { totalCount: 0 } }],
    });
    expect(await appAsOf({ position: upgraded })).toMatchObject({
      components: [{ ...web, image: 'web:2' }, { key: 'redis' }],
      installations: [{ currentVersion: '1.1', upgradableVersions: [], upgradeRecords: { totalCount: 1 } }],
    });
  });

  it('an app is not there before it was created, nor once it was deleted', async () => {
    expect(await appAsOf({ position: before })).toBeNull();
    expect(await appAsOf({ position: deleted })).toBeNull();
  });

  it('an app that is deleted by now is there while it was', async () => {
    expect(await server.api.ask('query ($id: ID!) { app(id: $id) { name } }', { id: install.appId })).toEqual({ app: null });
    expect(await appAsOf({ position: upgraded }, 'deletedAt')).toEqual({ deletedAt: null });
  });

  it('one operation asks for several moments, each beneath its alias, and the present beside them', async () => {
    const query = `query ($id: ID!, $t: ID!, $a: Position!, $b: Position!) {
      first: app(id: $id, asOf: { position: $a }) { ...Versions } second: app(id: $id, asOf: { position: $b }) { ...Versions }
      then: template(id: $t, asOf: { position: $a }) { ...Template } now: template(id: $t) { ...Template } }
      fragment Versions on App { installations { currentVersion app { installations { template { versions { totalCount } } } } } }
      fragment Template on Template { versions { totalCount } installations { totalCount } }`;
    const variables = { id: install.appId, t: shop.templateId, a: installed, b: upgraded };
    const versions = (currentVersion: string, totalCount: number): object => ({
      installations: [{ currentVersion, app: { installations: [{ template: { versions: { totalCount } } }] } }],
    });
    const expected = {
      first: versions('1.0', 1),
      second: versions('1.1', 2),
      then: { versions: { totalCount: 1 }, installations: { totalCount: 1 } },
      now: { versions: { totalCount: 2 }, installations: { totalCount: 0 } },
    };
    // What is asked again is compiled.
    for (let time = 1; time <= 4; time++) expect(await server.api.ask(query, variables)).toEqual(expected);
  });

  it('a plan, a way, the desired state and blame are as they were', async () => {
    const asOf = { position: offered };
    const query = `query ($id: ID!, $asOf: AsOfInput) {
      upgradePlan(appId: $id, toVersion: "1.1", asOf: $asOf) { fromVersion toVersion components { key action } }
      upgradePath(appId: $id, toVersion: "1.1", asOf: $asOf) { fromVersion versions }
      desiredState(appId: $id, asOf: $asOf) { position components { key image } compose }
      blame(appId: $id, componentKey: "web", path: "/image", asOf: $asOf) { value setBy { origin version { version } installation { currentVersion } } } }`;
    const answer = await server.api.ask(query, { id: install.appId, asOf });
    expect(answer).toMatchObject({
      upgradePlan: { fromVersion: '1.0', toVersion: '1.1' },
      upgradePath: { fromVersion: '1.0', versions: ['1.1'] },
      desiredState: { position: offered, components: [{ key: 'web', image: 'web:1' }] },
      blame: { value: 'web:1', setBy: { version: { version: '1.0' }, installation: { currentVersion: '1.0' } } },
    });
    expect(answer.desiredState.compose).toContain('web:1');
    expect(await server.api.refusal(query, { id: install.appId, asOf: { position: before } })).toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('a time is the last event recorded by then', async () => {
    const { history } = await server.api.ask(
      'query ($f: HistoryFilter) { history(filter: $f, first: 100) { edges { node { type recordedAt } } } }',
      {
        f: { appId: install.appId },
      },
    );
    const recorded = (type: string): string =>
      history.edges.find(({ node }: { node: { type: string } }) => node.type === type).node.recordedAt as string;
    expect(await appAsOf({ time: recorded('AppUpgraded') })).toMatchObject({ installations: [{ currentVersion: '1.1' }] });
    expect(await appAsOf({ time: '2020-01-01' })).toBeNull();
    expect(await appAsOf({ time: '2999-01-01T00:00:00Z' })).toBeNull();
  });

  it('a moment that is none is refused', async () => {
    const refusal = async (asOf: object): Promise<unknown> =>
      (await server.api.refusal('query ($id: ID!, $asOf: AsOfInput) { app(id: $id, asOf: $asOf) { name } }', { id: install.appId, asOf }))
        .extensions;
    const [log = ''] = deleted.split('.');
    for (const wrong of [{}, { position: installed, time: '2020-01-01' }]) {
      expect(await refusal(wrong)).toMatchObject({ code: 'BAD_USER_INPUT', path: 'asOf' });
    }
    for (const unknown of [`${log}.zzzz`, 'elsewhere.1', '']) {
      expect(await refusal({ position: unknown })).toMatchObject({ code: 'POSITION_UNKNOWN', position: unknown });
    }
  });

  it('so many moments that the server would do nothing else are refused before it begins', async () => {
    const many = Array.from({ length: 110 }, (_, n) => `m${n}: app(id: $id, asOf: { position: $p }) { name }`).join(' ');
    const { extensions } = await server.api.refusal(`query ($id: ID!, $p: Position!) { ${many} }`, { id: install.appId, p: installed });
    expect(extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});
