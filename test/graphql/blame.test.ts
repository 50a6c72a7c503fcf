import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

describe('blame, over HTTP', () => {
  let server: TestServer;
  let source: string;
  let templateId: string;
  let appId: string;
  let componentId: string;
  let upgradeId: string;
  let editedAt: string;
  beforeAll(async () => {
    server = await startTestServer();
    const { api } = server;
    source = (await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }')).app.id;
    const component = { key: 'web', image: 'nginx:1.25', env: [{ name: 'MODE', value: 'fast' }] };
    const { component: web } = await api.mutate('addComponent', 'AddComponentInput', { appId: source, component }, 'component { id }');
    templateId = await publish('1.0', { name: 'shop', notes: 'first' });
    const installed = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId, appName: 'mine' },
      'app { id components { id } }',
    );
    appId = installed.app.id;
    componentId = installed.app.components[0].id;
    const input = { appId, componentId, set: { image: 'nginx:1.26' }, commandId: 'mine' };
    editedAt = (await api.mutate('updateComponent', 'UpdateComponentInput', input, 'position')).position;
    const set = { image: 'nginx:1.27', env: [{ name: 'LOG', value: 'on' }] };
    await api.mutate(
      'updateComponent',
      'UpdateComponentInput',
      { appId: source, componentId: web.id, set, unset: ['/env/MODE'] },
      'position',
    );
    await publish('1.1', { templateId });
    const upgrade = { appId, toVersion: '1.1', policy: 'PREFER_LOCAL', reason: 'monthly' };
    upgradeId = (await api.mutate('upgradeApp', 'UpgradeAppInput', upgrade, 'upgrade { id }')).upgrade.id;
  });
  afterAll(() => server.close());

  async function publish(version: string, as: object): Promise<string> {
    const input = { appId: source, version, ...as };
    return (await server.api.mutate('publishTemplate', 'PublishTemplateInput', input, 'template { id }')).template.id as string;
  }

  const ENTRY = `action origin present value secret choice event { type position actor { id kind } occurredAt recordedAt commandId }
    version { version notes publishedBy { id } publishedAt template { id } } installation { id } upgrade { id fromVersion toVersion reason }`;
  const BLAME = `query ($app: ID!, $key: String!, $path: String!, $first: Int, $after: String) {
    blame(appId: $app, componentKey: $key, path: $path) { appId componentId componentKey path field present value secret
      setBy { ${ENTRY} }
      history(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { ${ENTRY} } } } } }`;
  const ask = async (key: string, path: string, more: object = {}): ReturnType<TestServer['api']['ask']> =>
    (await server.api.ask(BLAME, { app: appId, key, path, ...more })).blame;

  it('tells the edit that set what is there, the upgrade that kept it, and the version that it was from before', async () => {
    const blame = await ask('web', '/image');
    expect(blame).toMatchObject({
      appId,
      componentId,
      componentKey: 'web',
      path: '/image',
      field: 'IMAGE',
      present: true,
      value: 'nginx:1.26',
    });
    expect(blame.setBy).toMatchObject({
      action: 'SET',
      origin: 'LOCAL',
      event: { type: 'ComponentChanged', position: editedAt, actor: { id: 'local', kind: 'ANONYMOUS' }, commandId: 'mine' },
      version: null,
      upgrade: null,
    });
    const nodes = blame.history.edges.map(({ node }: { node: object }) => node);
    expect(nodes).toMatchObject([
      {
        action: 'KEPT',
        origin: 'LOCAL',
        value: 'nginx:1.26',
        upgrade: { id: upgradeId, fromVersion: '1.0', toVersion: '1.1', reason: 'monthly' },
      },
      { action: 'SET', origin: 'LOCAL', value: 'nginx:1.26' },
      {
        action: 'SET',
        origin: 'TEMPLATE',
        value: 'nginx:1.25',
        event: { type: 'TemplateInstalled' },
        version: { version: '1.0', notes: 'first', publishedBy: { id: 'local' }, template: { id: templateId } },
      },
    ]);
    expect(nodes[1]).toEqual(blame.setBy);
  });

  it('tells the version that set what an upgrade brought, and which took away what is gone', async () => {
    const added = await ask('web', '/env/LOG');
    expect(added).toMatchObject({ present: true, value: 'on', history: { totalCount: 1 } });
    expect(added.setBy).toMatchObject({ origin: 'TEMPLATE', version: { version: '1.1' }, upgrade: { id: upgradeId } });
    const gone = await ask('web', '/env/MODE');
    expect(gone).toMatchObject({ present: false, value: null, history: { totalCount: 2 } });
    expect(gone.setBy).toMatchObject({ action: 'REMOVED', origin: 'TEMPLATE', present: false, version: { version: '1.1' } });
  });

  it('pages the history, newest first', async () => {
    const { history: all } = await ask('web', '');
    const seen: object[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { history } = await ask('web', '', { first: 2, after });
      expect(history.edges.length).toBeLessThanOrEqual(2);
      seen.push(...history.edges);
      expect(history.totalCount).toBe(all.totalCount);
      ({ endCursor: after, hasNextPage: more } = history.pageInfo);
    }
    expect(seen).toEqual(all.edges);
    expect(seen).toHaveLength(3);
  });

  it('goes back to before the component was said to be one of the template', async () => {
    const { api } = server;
    await api.mutate('addComponent', 'AddComponentInput', { appId: source, component: { key: 'redis', image: 'redis:7' } }, 'position');
    await publish('1.2', { templateId });
    const { app } = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId, version: '1.1', appName: 'mapped' },
      'app { id }',
    );
    const add = { appId: app.id, component: { key: 'redis', image: 'mine:1' }, commandId: 'add redis' };
    const { component } = await api.mutate('addComponent', 'AddComponentInput', add, 'component { id }');
    const { upgradePlan } = await api.ask(
      'query ($id: ID!) { upgradePlan(appId: $id, toVersion: "1.2") { components { templateComponentId action } } }',
      { id: app.id },
    );
    const added = upgradePlan.components.find(({ action }: { action: string }) => action === 'ADD');
    const mapping = { appId: app.id, componentId: component.id, templateComponentId: added.templateComponentId };
    await api.mutate('mapComponent', 'MapComponentInput', mapping, 'position');
    const blame = await ask('redis', '/image', { app: app.id });
    expect(blame.setBy).toMatchObject({ origin: 'LOCAL', event: { type: 'ComponentAdded', commandId: 'add redis' } });
    await api.mutate('upgradeApp', 'UpgradeAppInput', { appId: app.id, toVersion: '1.2', policy: 'PREFER_TEMPLATE' }, 'position');
    expect((await ask('redis', '/image', { app: app.id })).history.edges).toMatchObject([
      { node: { action: 'SET', origin: 'TEMPLATE', value: 'redis:7', version: { version: '1.2' } } },
      { node: { action: 'SET', origin: 'LOCAL', value: 'mine:1' } },
    ]);
  });

  it('goes on telling of a component that was removed, and of one that went with its installation', async () => {
    const { api } = server;
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'gone' }, 'app { id }');
    const add = { appId: app.id, component: { key: 'own', image: 'o:1' } };
    const { component } = await api.mutate('addComponent', 'AddComponentInput', add, 'component { id }');
    await api.mutate('removeComponent', 'RemoveComponentInput', { appId: app.id, componentId: component.id }, 'position');
    const install = { templateId, appId: app.id, version: '1.0', keys: [{ from: 'web', to: 'site' }] };
    const { installation } = await api.mutate('installTemplate', 'InstallTemplateInput', install, 'installation { id }');
    await api.mutate('uninstallTemplate', 'UninstallTemplateInput', { appId: app.id, installationId: installation.id }, 'position');
    const own = await ask('own', '/image', { app: app.id });
    expect(own).toMatchObject({
      componentId: component.id,
      present: false,
      setBy: { action: 'REMOVED', event: { type: 'ComponentRemoved' } },
    });
    const site = await ask('site', '/image', { app: app.id });
    expect(site.setBy).toMatchObject({
      action: 'REMOVED',
      origin: 'LOCAL',
      event: { type: 'TemplateUninstalled' },
      installation: { id: installation.id },
    });
    const [, before] = site.history.edges;
    expect(before.node).toMatchObject({ origin: 'TEMPLATE', value: 'nginx:1.25', version: { version: '1.0' } });
  });

  it('is null where nothing ever was, and refused where nothing could have been', async () => {
    expect(await ask('web', '/env/NEVER')).toBeNull();
    expect(await ask('', '/extra/networks')).toBeNull();
    const refusal = async (variables: object): Promise<unknown> =>
      (await server.api.refusal(BLAME, { app: appId, key: 'web', path: '/image', ...variables })).extensions;
    expect(await refusal({ key: 'nobody' })).toMatchObject({ code: 'NOT_FOUND', componentKey: 'nobody' });
    expect(await refusal({ path: 'image' })).toMatchObject({ code: 'BAD_USER_INPUT', path: 'image' });
    expect(await refusal({ app: 'none' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal({ first: 0 })).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
