import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

interface Shop {
  readonly source: string;
  readonly templateId: string;
  readonly appId: string;
  /** Component ids at the install, by key. */
  readonly ids: Readonly<Record<string, string>>;
}

describe('upgrading some components', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const STATE = `query ($id: ID!) { app(id: $id) {
    components { key image templateVersion }
    installations { currentVersion upgradableCount pendingComponents { componentId key action fromVersion toVersion } }
    upgradeRecords { edges { node { state fromVersion toVersion components { key action state } } } } } }`;
  const state = async (id: string): ReturnType<TestServer['api']['ask']> => (await server.api.ask(STATE, { id })).app;
  const compose = (services: object): object[] => [{ content: JSON.stringify({ services }) }];

  async function shop(first: object, second: object): Promise<Shop> {
    const { api } = server;
    const name = `shop ${++number}`;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
    const put = (services: object): Promise<unknown> =>
      api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: compose(services) }, 'position');
    await put(first);
    const published = { appId: app.id, name, version: '1.0' };
    const { template } = await api.mutate('publishTemplate', 'PublishTemplateInput', published, 'template { id }');
    const into = { templateId: template.id, appName: `${name} here` };
    const { app: installed } = await api.mutate('installTemplate', 'InstallTemplateInput', into, 'app { id components { id key } }');
    await put(second);
    await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, templateId: template.id, version: '1.1' }, 'position');
    const ids = Object.fromEntries(installed.components.map(({ key, id }: Record<string, string>) => [key, id])) as Shop['ids'];
    return { source: app.id as string, templateId: template.id as string, appId: installed.id as string, ids };
  }

  const upgrade = (input: object, selection = 'upgrade { state }'): ReturnType<TestServer['api']['mutate']> =>
    server.api.mutate('upgradeApp', 'UpgradeAppInput', { toVersion: '1.1', ...input }, selection);

  it('shows what is pending until a later upgrade completes it', async () => {
    const { appId, ids } = await shop(
      { web: { image: 'web:1' }, db: { image: 'db:1' }, cron: { image: 'cron:1' } },
      { web: { image: 'web:2' }, db: { image: 'db:2' }, redis: { image: 'redis:7' } },
    );
    const { upgradePlan } = await server.api.ask(
      'query ($id: ID!, $c: [ID!]) { upgradePlan(appId: $id, toVersion: "1.1", components: $c) { fingerprint applicable pending { key action } } }',
      { id: appId, c: [ids['db']] },
    );
    expect(upgradePlan).toMatchObject({ applicable: true, pending: [{ key: 'web' }, { key: 'redis' }, { key: 'cron' }] });
    const done = await upgrade({ appId, components: [ids['db']], planFingerprint: upgradePlan.fingerprint });
    expect(done.upgrade.state).toBe('PARTLY_COMPLETED');

    const { components, installations, upgradeRecords } = await state(appId);
    expect(components).toEqual([
      { key: 'web', image: 'web:1', templateVersion: '1.0' },
      { key: 'db', image: 'db:2', templateVersion: '1.1' },
      { key: 'cron', image: 'cron:1', templateVersion: '1.0' },
    ]);
    expect(installations).toEqual([
      {
        currentVersion: '1.0',
        upgradableCount: 1,
        pendingComponents: [
          { componentId: ids['web'], key: 'web', action: 'UPDATE', fromVersion: '1.0', toVersion: '1.1' },
          { componentId: null, key: 'redis', action: 'ADD', fromVersion: null, toVersion: '1.1' },
          { componentId: ids['cron'], key: 'cron', action: 'REMOVE', fromVersion: '1.0', toVersion: '1.1' },
        ],
      },
    ]);
    expect(upgradeRecords.edges[0].node.components).toEqual([{ key: 'db', action: 'UPDATE', state: 'COMPLETED' }]);

    expect((await upgrade({ appId })).upgrade.state).toBe('COMPLETED');
    const after = await state(appId);
    expect(after.installations).toEqual([{ currentVersion: '1.1', upgradableCount: 0, pendingComponents: [] }]);
    expect(after.components.map(({ key }: { key: string }) => key).sort()).toEqual(['db', 'redis', 'web']);
  });

  it('lets a component that it kept against the template be deleted', async () => {
    const { appId, ids } = await shop({ web: { image: 'w:1' }, cron: { image: 'c:1' } }, { web: { image: 'w:2' } });
    await server.api.mutate(
      'updateComponent',
      'UpdateComponentInput',
      { appId, componentId: ids['cron'], set: { replicas: 2 } },
      'position',
    );
    await upgrade({ appId, components: [ids['cron']], policy: 'PREFER_LOCAL' });
    const removal = { appId, componentId: ids['cron'] };
    await server.api.mutate('removeComponent', 'RemoveComponentInput', removal, 'position');
    const keys = async (): Promise<string[]> => (await state(appId)).components.map(({ key }: { key: string }) => key) as string[];
    expect(await keys()).toEqual(['web']);
    await upgrade({ appId });
    expect(await keys()).toEqual(['web']);
  });

  it('adds what is named by its identity in the template, and refuses what nobody has', async () => {
    const { appId } = await shop({ web: { image: 'w' } }, { web: { image: 'w:2' }, redis: { image: 'r' }, mail: { image: 'm' } });
    const { upgradePlan } = await server.api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { components { key templateComponentId } } }',
      { id: appId },
    );
    const redis = upgradePlan.components.find(({ key }: { key: string }) => key === 'redis').templateComponentId;
    await upgrade({ appId, components: [redis] });
    expect((await state(appId)).components.map(({ key }: { key: string }) => key)).toEqual(['web', 'redis']);
    const error = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1', components: ['nobody'] });
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', components: ['nobody'] });
  });

  it('is followed by none to a version before that of what was moved', async () => {
    const { appId, ids, source, templateId } = await shop(
      { web: { image: 'w:1' }, db: { image: 'd:1' } },
      { web: { image: 'w:2' }, db: { image: 'd:2' } },
    );
    const next = { appId: source, files: compose({ web: { image: 'w:3' }, db: { image: 'd:3' } }) };
    await server.api.mutate('importCompose', 'ImportComposeInput', next, 'position');
    await server.api.mutate('publishTemplate', 'PublishTemplateInput', { appId: source, templateId, version: '1.2' }, 'position');
    await upgrade({ appId, toVersion: '1.2', components: [ids['db']] });
    const error = await server.api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1' });
    expect(error.extensions).toMatchObject({ code: 'NOT_UPGRADABLE', from: '1.2', to: '1.1' });
    const OFFER = `query ($id: ID!) { app(id: $id) { installations {
      upgradableCount upgradableVersions { version } blockedVersions { code reason version { version } } } } }`;
    const { app } = await server.api.ask(OFFER, { id: appId });
    const reason = 'some components stand at 1.2 already, which is larger than 1.1: upgrade to 1.2 or a larger version';
    expect(app.installations).toEqual([
      {
        upgradableCount: 1,
        upgradableVersions: [{ version: '1.2' }],
        blockedVersions: [{ code: 'OTHER', reason, version: { version: '1.1' } }],
      },
    ]);
    await upgrade({ appId, toVersion: '1.2' });
    expect((await state(appId)).components).toMatchObject([{ image: 'w:3' }, { image: 'd:3' }]);
  });

  it('may say that an own component is the one that the template adds', async () => {
    const { appId } = await shop({ web: { image: 'w' } }, { web: { image: 'w', depends_on: ['redis'] }, redis: { image: 'redis:7' } });
    const add = { appId, component: { key: 'redis', image: 'redis:6' } };
    const { component } = await server.api.mutate('addComponent', 'AddComponentInput', add, 'component { id }');
    const PLAN = `query ($id: ID!, $policy: ConflictPolicy) { upgradePlan(appId: $id, toVersion: "1.1", policy: $policy) {
      problems { code proposal dependants namedBy { path } } conflicts { path base local target } components { key templateComponentId } } }`;
    const before = (await server.api.ask(PLAN, { id: appId })).upgradePlan;
    expect(before.problems).toEqual([{ code: 'KEY_TAKEN', proposal: 'redis-2', dependants: ['web'], namedBy: [] }]);
    const templateComponentId = before.components.find(({ key }: { key: string }) => key === 'redis').templateComponentId;
    const mapping = { appId, componentId: component.id, templateComponentId };
    const mapped = await server.api.mutate('mapComponent', 'MapComponentInput', mapping, 'component { id key image templateComponentId }');
    expect(mapped.component).toMatchObject({ key: 'redis', image: 'redis:6', templateComponentId });
    const after = (await server.api.ask(PLAN, { id: appId })).upgradePlan;
    expect(after).toMatchObject({ problems: [], conflicts: [{ path: '/image', base: null, local: 'redis:6', target: 'redis:7' }] });
    const fields = 'app { components { key image } } upgrade { components { key fields { path outcome base } } }';
    const done = await upgrade({ appId, policy: 'PREFER_TEMPLATE' }, fields);
    expect(done.app.components).toEqual([
      { key: 'web', image: 'w' },
      { key: 'redis', image: 'redis:7' },
    ]);
    const record = done.upgrade.components.find(({ key }: { key: string }) => key === 'redis');
    expect(record.fields).toContainEqual({ path: '/image', outcome: 'RESOLVED', base: null });
  });

  it('tells what names a component by the key that it does not have here', async () => {
    const { templateId } = await shop(
      { web: { image: 'w', environment: { DB: 'db:5432' } }, db: { image: 'd' } },
      { web: { image: 'w:2' } },
    );
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: `target ${number}` }, 'app { id }');
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'db' } }, 'position');
    const input = { templateId, version: '1.0', appId: app.id };
    const error = await server.api.refuse('installTemplate', 'InstallTemplateInput', input);
    expect(error.extensions['proposals']).toEqual([
      { key: 'db', proposal: 'db-2', dependants: [], namedBy: [{ componentKey: 'web', path: '/env/DB' }] },
    ]);
    const keys = [{ from: 'db', to: 'db-2' }];
    const { installation } = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { ...input, keys },
      'installation { staleReferences { code message } }',
    );
    expect(installation.staleReferences).toEqual([{ code: 'STALE_REFERENCE', message: '"db" is now "db-2", still named by web /env/DB' }]);
  });
});
