import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { installExternal, startExternal } from '../support/external-shop.js';

const UPGRADE = 'state finishedAt leaseUntil components { key action state message reportedAt }';
const APP = 'components { key image templateVersion } installations { currentVersion pendingComponents { key action } }';

describe('an upgrade that an integration carries out, over the API', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const mutate = (name: string, input: object, selection: string): ReturnType<TestServer['api']['mutate']> =>
    server.api.mutate(name, `${name[0]?.toUpperCase()}${name.slice(1)}Input`, input, selection);
  const report = (input: object): ReturnType<TestServer['api']['mutate']> =>
    mutate('reportComponentUpgrade', input, `position upgrade { ${UPGRADE} } app { ${APP} }`);
  const states = (components: readonly { key: string; state: string }[]): Record<string, string> =>
    Object.fromEntries(components.map(({ key, state }) => [key, state]));

  it('runs until each component is reported; what failed is retried alone, and then it is complete', async () => {
    const { api } = server;
    const { appId } = await installExternal(api, 'story');
    const { app, upgrade } = await mutate(
      'upgradeApp',
      { appId, toVersion: '1.1', leaseSeconds: 600 },
      `app { ${APP} } upgrade { id ${UPGRADE} components { componentId } }`,
    );
    const upgradeId = upgrade.id as string;
    expect(upgrade).toMatchObject({ state: 'RUNNING', finishedAt: null });
    expect(Date.parse(upgrade.leaseUntil)).toBeGreaterThan(Date.now() + 500_000);
    expect(states(upgrade.components)).toEqual({ web: 'RUNNING', db: 'RUNNING', redis: 'RUNNING' });
    // The desired definitions, while the installation stands at its version.
    expect(app.installations).toEqual([{ currentVersion: '1.0', pendingComponents: [] }]);
    expect(app.components.map((each: { key: string; image: string }) => [each.key, each.image])).toEqual([
      ['web', 'web:2'],
      ['db', 'db:2'],
      ['api', 'api:1'],
      ['redis', 'redis:7'],
    ]);
    const ids = Object.fromEntries(upgrade.components.map((each: { key: string; componentId: string }) => [each.key, each.componentId]));
    const to = (key: string): object => ({ appId, upgradeId, componentId: ids[key] });

    const first = await report({ ...to('redis'), state: 'COMPLETED', message: 'up' });
    expect(first.upgrade.components[2]).toMatchObject({ key: 'redis', state: 'COMPLETED', message: 'up', reportedAt: expect.any(String) });
    expect(await report({ ...to('redis'), state: 'COMPLETED', message: 'up' })).toEqual(first);
    await report({ ...to('db'), state: 'RUNNING', message: 'copying' });
    const failed = await report({ ...to('db'), state: 'FAILED', message: 'disk full' });
    expect(failed.app.components[1]).toEqual({ key: 'db', image: 'db:1', templateVersion: '1.0' });

    const partly = await report({ ...to('web'), state: 'COMPLETED' });
    expect(partly.upgrade).toMatchObject({ state: 'PARTLY_COMPLETED', finishedAt: expect.any(String), leaseUntil: null });
    expect(states(partly.upgrade.components)).toEqual({ web: 'COMPLETED', db: 'FAILED', redis: 'COMPLETED' });
    expect(partly.app.installations).toEqual([{ currentVersion: '1.0', pendingComponents: [{ key: 'db', action: 'UPDATE' }] }]);

    const again = await mutate('retryUpgrade', { appId, upgradeId, reason: 'more disk' }, `upgrade { ${UPGRADE} } app { ${APP} }`);
    expect(again.upgrade).toMatchObject({ state: 'RUNNING', finishedAt: null });
    expect(states(again.upgrade.components)).toEqual({ web: 'COMPLETED', db: 'RUNNING', redis: 'COMPLETED' });
    expect(again.app.components[1]).toMatchObject({ image: 'db:2' });
    const done = await report({ ...to('db'), state: 'COMPLETED' });
    expect(done.upgrade.state).toBe('COMPLETED');
    expect(done.app.installations).toEqual([{ currentVersion: '1.1', pendingComponents: [] }]);

    const { history } = await api.ask('query ($id: ID!) { history(filter: { appId: $id }, first: 50) { edges { node { type } } } }', {
      id: appId,
    });
    expect(history.edges.map((edge: { node: { type: string } }) => edge.node.type)).toEqual([
      'AppCreated',
      'TemplateInstalled',
      'UpgradeStarted',
      'ComponentUpgraded',
      'ComponentUpgradeProgressed',
      'ComponentUpgradeFailed',
      'ComponentUpgraded',
      'AppPartlyUpgraded',
      'UpgradeRetried',
      'ComponentUpgraded',
      'AppUpgraded',
    ]);
  });

  it('tells what each component came to field by field, from its start', async () => {
    const { upgradeId } = await startExternal(server.api, 'fields');
    const { node } = await server.api.ask(
      'query ($id: ID!) { node(id: $id) { ... on UpgradeRecord { components { key fields { path base target result outcome } } } } }',
      { id: upgradeId },
    );
    expect(node.components[1]).toEqual({
      key: 'db',
      fields: [{ path: '/image', base: 'db:1', target: 'db:2', result: 'db:2', outcome: 'TAKE_TEMPLATE' }],
    });
  });

  it('is the only one of its installation, planned or applied, until it is settled', async () => {
    const { appId, upgradeId, ids } = await startExternal(server.api, 'one');
    const running = { code: 'UPGRADE_RUNNING', upgradeId, state: 'RUNNING' };
    const upgrade = { appId, toVersion: '1.1' };
    expect((await server.api.refuse('upgradeApp', 'UpgradeAppInput', upgrade)).extensions).toMatchObject(running);
    const plan = 'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.1") { fingerprint } }';
    expect((await server.api.refusal(plan, { id: appId })).extensions).toMatchObject(running);
    const edit = { appId, componentId: ids['web'], set: { replicas: 2 } };
    expect((await server.api.refuse('updateComponent', 'UpdateComponentInput', edit)).extensions).toMatchObject(running);
    expect(
      (await server.api.refuse('removeComponent', 'RemoveComponentInput', { appId, componentId: ids['redis'] })).extensions,
    ).toMatchObject(running);
    expect((await server.api.refuse('deleteApp', 'DeleteAppInput', { appId })).extensions).toMatchObject(running);
    const settle = {
      appId,
      upgradeId,
      outcome: 'FAILED',
      components: [{ componentId: ids['web'], outcome: 'COMPLETED' }],
      reason: 'I looked',
    };
    const settled = await mutate('settleUpgrade', settle, `upgrade { ${UPGRADE} } app { ${APP} }`);
    expect(settled.upgrade.state).toBe('PARTLY_COMPLETED');
    expect(settled.upgrade.components).toMatchObject([
      { key: 'web', state: 'COMPLETED', message: 'I looked' },
      { key: 'db', state: 'FAILED' },
      { key: 'redis', state: 'FAILED' },
    ]);
    expect(settled.app.installations[0].pendingComponents).toEqual([
      { key: 'db', action: 'UPDATE' },
      { key: 'redis', action: 'ADD' },
    ]);
    expect(await mutate('updateComponent', edit, 'component { replicas image }')).toEqual({ component: { replicas: 2, image: 'web:2' } });
  });

  it('lets an import go on that does not touch it, and refuses one that does', async () => {
    const { api } = server;
    const { appId, templateId } = await installExternal(api, 'import');
    await api.mutate(
      'addComponent',
      'AddComponentInput',
      { appId, component: { key: 'own', dependsOn: [{ componentKey: 'db' }] } },
      'position',
    );
    const services = { own: { image: 'o', depends_on: ['db'] } };
    await mutate('upgradeApp', { appId, toVersion: '1.1' }, 'position');
    const files = (more: object): object => ({ appId, files: [{ content: JSON.stringify({ services: more }) }] });
    expect((await mutate('importCompose', files(services), 'changes { key change }')).changes).toEqual([{ key: 'own', change: 'CHANGED' }]);
    const taken = await api.refuse('importCompose', 'ImportComposeInput', files({ ...services, redis: { image: 'mine' } }));
    expect(taken.extensions.code).toBe('KEY_TAKEN');
    const installed = { templateId, appId, keys: ['web', 'db', 'api', 'redis'].map((key) => ({ from: key, to: `${key}-2` })) };
    await mutate('installTemplate', installed, 'position');
  });

  it('says what is wrong with a report, a retry, a settlement and a lease', async () => {
    const { api } = server;
    const { appId, upgradeId, ids } = await startExternal(api, 'wrong');
    const code = async (name: string, input: object): Promise<string> =>
      (await api.refuse(name, `${name[0]?.toUpperCase()}${name.slice(1)}Input`, { appId, upgradeId, ...input })).extensions.code;
    expect(await code('reportComponentUpgrade', { componentId: ids['web'], state: 'COMPLETED', upgradeId: 'none' })).toBe('UPGRADE_OVER');
    expect(await code('reportComponentUpgrade', { componentId: 'nobody', state: 'COMPLETED' })).toBe('BAD_USER_INPUT');
    expect(await code('retryUpgrade', {})).toBe('UPGRADE_RUNNING');
    expect(await code('settleUpgrade', {})).toBe('BAD_USER_INPUT');
    const twice = { componentId: ids['web'], outcome: 'FAILED' };
    expect(await code('settleUpgrade', { outcome: 'FAILED', components: [twice, twice] })).toBe('BAD_USER_INPUT');
    await report({ appId, upgradeId, componentId: ids['web'], state: 'COMPLETED' });
    expect(await code('reportComponentUpgrade', { componentId: ids['web'], state: 'FAILED' })).toBe('REPORT_CONTRADICTS');
    for (const leaseSeconds of [0, 9, 86_401]) {
      const refused = await api.refuse('upgradeApp', 'UpgradeAppInput', { appId, toVersion: '1.1', leaseSeconds });
      expect(refused.extensions.code).toBe('BAD_USER_INPUT');
    }
    const into = await api.refuse('installTemplate', 'InstallTemplateInput', { templateId: 't', appId, target: 'RECORD' });
    expect(into.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'target' });
  });

  it('is what the target of its app says when it starts', async () => {
    const { api } = server;
    const { app } = await mutate('createApp', { name: 'target', target: 'EXTERNAL' }, 'app { id target }');
    expect(app.target).toBe('EXTERNAL');
    expect((await mutate('createApp', { name: 'other' }, 'app { target }')).app.target).toBe('RECORD');
    const { appId } = await installExternal(api, 'aimed');
    expect((await mutate('updateApp', { appId, target: 'RECORD' }, 'app { target }')).app.target).toBe('RECORD');
    expect((await mutate('upgradeApp', { appId, toVersion: '1.1' }, 'upgrade { state leaseUntil }')).upgrade).toEqual({
      state: 'COMPLETED',
      leaseUntil: null,
    });
  });

  it('takes many reports at once', async () => {
    const { appId, upgradeId, ids } = await startExternal(server.api, 'at once');
    const all = Object.values(ids).flatMap((componentId) => [componentId, componentId, componentId]);
    await Promise.all(all.map((componentId) => report({ appId, upgradeId, componentId, state: 'COMPLETED' })));
    const { node } = await server.api.ask('query ($id: ID!) { node(id: $id) { ... on UpgradeRecord { state } } }', { id: upgradeId });
    expect(node.state).toBe('COMPLETED');
    const { history } = await server.api.ask(
      'query ($id: ID!) { history(filter: { appId: $id, types: ["ComponentUpgraded", "AppUpgraded"] }, first: 50) { edges { node { type } } } }',
      { id: appId },
    );
    expect(history.edges).toHaveLength(Object.keys(ids).length + 1);
  });

  it('that gives a component another key is followed by what is published of the app meanwhile', async () => {
    const { app } = await mutate('createApp', { name: 'renaming' }, 'app { id }');
    const importing = (services: object, renames: object[] = []): Promise<unknown> =>
      mutate('importCompose', { appId: app.id, files: [{ content: JSON.stringify({ services }) }], renames }, 'position');
    await importing({ db: { image: 'd' } });
    const { template } = await mutate('publishTemplate', { appId: app.id, name: 'renaming', version: '1.0' }, 'template { id }');
    const installed = await mutate('installTemplate', { templateId: template.id, appName: 'r', target: 'EXTERNAL' }, 'app { id }');
    const appId = installed.app.id as string;
    await mutate('addComponent', { appId, component: { key: 'worker', dependsOn: [{ componentKey: 'db' }] } }, 'position');
    await importing({ database: { image: 'd' } }, [{ from: 'db', to: 'database' }]);
    await mutate('publishTemplate', { appId: app.id, templateId: template.id, version: '1.1' }, 'position');
    await mutate('upgradeApp', { appId, toVersion: '1.1' }, 'position');
    const published = await mutate(
      'publishTemplate',
      { appId, name: 'mirror', version: '1.0' },
      'template { latestVersion { components { key dependsOn { componentKey } } } }',
    );
    expect(published.template.latestVersion.components).toEqual([
      { key: 'worker', dependsOn: [{ componentKey: 'database' }] },
      { key: 'database', dependsOn: [] },
    ]);
  });
});
