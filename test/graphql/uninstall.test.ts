import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

describe('what is left of an installation that is gone', () => {
  let server: TestServer;
  let number = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  interface Installed {
    readonly appId: string;
    readonly name: string;
    readonly templateId: string;
    readonly installationId: string;
    readonly upgradeId: string;
    readonly componentId: string;
  }

  /** An app that was upgraded to 1.1 of a template, of which there is 1.2. */
  async function upgradedApp(): Promise<Installed> {
    const { api } = server;
    const name = `app ${++number}`;
    const { app: source } = await api.mutate('createApp', 'CreateAppInput', { name: `source of ${name}` }, 'app { id }');
    const component = { key: 'web', image: 'w:1', volumes: [{ mountPath: '/data', kind: 'PERSISTENT', name: 'data' }] };
    const { component: web } = await api.mutate('addComponent', 'AddComponentInput', { appId: source.id, component }, 'component { id }');
    const publish = async (version: string, as: object): Promise<string> =>
      (await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: source.id, version, ...as }, 'template { id }')).template.id;
    const templateId = await publish('1.0', { name });
    const { app, installation } = await api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId, appName: name },
      'app { id components { id } } installation { id }',
    );
    let upgradeId = '';
    for (const minor of [1, 2]) {
      const set = { image: `w:1.${minor}` };
      await api.mutate('updateComponent', 'UpdateComponentInput', { appId: source.id, componentId: web.id, set }, 'position');
      await publish(`1.${minor}`, { templateId });
      if (minor === 1) {
        const { upgrade } = await api.mutate('upgradeApp', 'UpgradeAppInput', { appId: app.id, toVersion: '1.1' }, 'upgrade { id }');
        upgradeId = upgrade.id;
      }
    }
    return { appId: app.id, name, templateId, installationId: installation.id, upgradeId, componentId: app.components[0].id };
  }

  const uninstall = (
    input: object,
    selection = 'app { name components { key } installations { id } }',
  ): ReturnType<TestServer['api']['ask']> => server.api.mutate('uninstallTemplate', 'UninstallTemplateInput', input, selection);

  const RECORD = `id state fromVersion toVersion components { key fields { path } }
    installation { id removedAt currentVersion upgradableCount upgradableVersions { version } blockedVersions { version { version } }
      template { name } app { id name deletedAt components { key } installations { id } } upgradeRecords { totalCount edges { node { id } } } }`;
  const LISTS = `query ($app: ID!, $template: ID!) {
    app(id: $app) { name installations { id } upgradeRecords { totalCount } }
    apps(templateId: $template) { totalCount edges { node { id } } }
    template(id: $template) { installations { totalCount edges { node { id } } } }
  }`;
  const NODE = `query ($id: ID!) { node(id: $id) { __typename id ... on UpgradeRecord { ${RECORD} }
    ... on Installation { removedAt upgradeRecords { totalCount } } ... on App { deletedAt upgradeRecords { edges { node { id } } } } } }`;
  const node = async (id: string): ReturnType<TestServer['api']['ask']> => (await server.api.ask(NODE, { id })).node;

  it('are its records, which say when it went; lists have it no more, and its keys are free', async () => {
    const { appId, name, templateId, installationId, upgradeId, componentId } = await upgradedApp();
    const refused = await server.api.refuse('uninstallTemplate', 'UninstallTemplateInput', { appId, installationId });
    expect(refused.extensions).toMatchObject({
      code: 'DATA_LOSS_NOT_ACCEPTED',
      volumes: [{ componentKey: 'web', path: '/volumes/~1data/kind' }],
    });
    const { app } = await uninstall({ appId, installationId, acceptDataLoss: true });
    expect(app).toEqual({ name, components: [], installations: [] });

    const lists = await server.api.ask(LISTS, { app: appId, template: templateId });
    expect(lists).toEqual({
      app: { name, installations: [], upgradeRecords: { totalCount: 1 } },
      apps: { totalCount: 0, edges: [] },
      template: { installations: { totalCount: 0, edges: [] } },
    });
    const record = await node(upgradeId);
    expect(record).toMatchObject({
      state: 'COMPLETED',
      components: [{ key: 'web', fields: [{ path: '/image' }] }],
      installation: {
        id: installationId,
        removedAt: expect.stringMatching(/^\d{4}-/) as string,
        currentVersion: '1.1',
        upgradableCount: 0,
        upgradableVersions: [],
        blockedVersions: [],
        template: { name },
        app: { id: appId, name, deletedAt: null, installations: [] },
        upgradeRecords: { totalCount: 1, edges: [{ node: { id: upgradeId } }] },
      },
    });
    expect(await node(installationId)).toMatchObject({ __typename: 'Installation', upgradeRecords: { totalCount: 1 } });
    expect(await node(componentId)).toBeNull();

    const again = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId, appId },
      'installation { id removedAt currentVersion } app { components { key } }',
    );
    expect(again).toMatchObject({ installation: { removedAt: null, currentVersion: '1.2' }, app: { components: [{ key: 'web' }] } });
    expect(again.installation.id).not.toBe(installationId);
    expect((await server.api.ask(LISTS, { app: appId, template: templateId })).apps.totalCount).toBe(1);
  });

  it('are its records where its app was deleted, which names the app and says when that went', async () => {
    const { appId, name, templateId, installationId, upgradeId } = await upgradedApp();
    await server.api.mutate('deleteApp', 'DeleteAppInput', { appId }, 'id');
    expect(await server.api.ask(LISTS, { app: appId, template: templateId })).toEqual({
      app: null,
      apps: { totalCount: 0, edges: [] },
      template: { installations: { totalCount: 0, edges: [] } },
    });
    const { apps } = await server.api.ask('query ($search: String!) { apps(search: $search) { totalCount edges { node { name } } } }', {
      search: name,
    });
    expect(apps).toEqual({ totalCount: 1, edges: [{ node: { name: `source of ${name}` } }] });
    expect((await node(upgradeId)).installation).toMatchObject({
      id: installationId,
      removedAt: expect.any(String) as string,
      app: { id: appId, name, deletedAt: expect.any(String) as string, components: [], installations: [] },
    });
    expect(await node(appId)).toMatchObject({ __typename: 'App', upgradeRecords: { edges: [{ node: { id: upgradeId } }] } });
    const error = await server.api.refuse('uninstallTemplate', 'UninstallTemplateInput', { appId, installationId });
    expect(error.extensions.code).toBe('NOT_FOUND');
  });
});
