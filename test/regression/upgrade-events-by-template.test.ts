import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('who reads the history of a template finds every event of its upgrades, to the last', async () => {
  const { api } = server;
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
  const importing = (image: string): Promise<unknown> =>
    api.mutate(
      'importCompose',
      'ImportComposeInput',
      { appId: app.id, files: [{ content: `services: { web: { image: "${image}" } }` }] },
      'position',
    );
  await importing('web:1');
  const first = { appId: app.id, name: 'shop', version: '1.0' };
  const { template } = await api.mutate('publishTemplate', 'PublishTemplateInput', first, 'template { id }');
  const install = { templateId: template.id, appName: 'install' };
  const { app: installed } = await api.mutate('installTemplate', 'InstallTemplateInput', install, 'app { id }');
  await importing('web:2');
  const second = { appId: app.id, templateId: template.id, version: '2.0' };
  await api.mutate('publishTemplate', 'PublishTemplateInput', second, 'position');
  await api.mutate('upgradeApp', 'UpgradeAppInput', { appId: installed.id, toVersion: '2.0' }, 'position');

  const { history } = await api.ask('query ($id: ID!) { history(filter: { templateId: $id }) { edges { node { type } } } }', {
    id: template.id,
  });
  expect(history.edges.map((edge: { node: { type: string } }) => edge.node.type).slice(-3)).toEqual([
    'UpgradeStarted',
    'ComponentUpgraded',
    'AppUpgraded',
  ]);
});
