import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const compose = (services: object): object[] => [{ content: JSON.stringify({ services }) }];

it('a plan for some components shows the others under the keys that they keep', async () => {
  const { api } = server;
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'source' }, 'app { id }');
  const put = (services: object, more: object = {}): Promise<unknown> =>
    api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: compose(services), ...more }, 'position');
  const publish = (more: object): ReturnType<typeof api.mutate> =>
    api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, ...more }, 'template { id }');
  await put({ web: { image: 'web:1' }, db: { image: 'db:1' } });
  const { template } = await publish({ name: 'shop', version: '1.0' });
  const into = { templateId: template.id, appName: 'here' };
  const { app: installed } = await api.mutate('installTemplate', 'InstallTemplateInput', into, 'app { id components { id key } }');
  const adding = { appId: installed.id, component: { key: 'cache', image: 'redis:6' } };
  const { component } = await api.mutate('addComponent', 'AddComponentInput', adding, 'component { id }');
  const second = { web: { image: 'web:2' }, database: { image: 'db:1' }, redis: { image: 'redis:7' } };
  await put(second, { renames: [{ from: 'db', to: 'database' }] });
  await publish({ templateId: template.id, version: '1.1' });
  const { template: published } = await api.ask(
    'query ($id: ID!) { template(id: $id) { version(version: "1.1") { components { key templateComponentId } } } }',
    { id: template.id },
  );
  const redis = published.version.components.find(({ key }: { key: string }) => key === 'redis');
  const mapping = { appId: installed.id, componentId: component.id, templateComponentId: redis.templateComponentId };
  await api.mutate('mapComponent', 'MapComponentInput', mapping, 'position');

  const web = installed.components.find(({ key }: { key: string }) => key === 'web');
  const { upgradePlan } = await api.ask(
    `query ($id: ID!, $c: [ID!]) { upgradePlan(appId: $id, toVersion: "1.1", components: $c) {
       components { key action } pending { key } } }`,
    { id: installed.id, c: [web.id] },
  );
  expect(upgradePlan.components).toEqual([
    { key: 'web', action: 'UPDATE' },
    { key: 'db', action: 'KEEP' },
    { key: 'cache', action: 'KEEP' },
  ]);
  expect(upgradePlan.pending).toEqual([{ key: 'db' }, { key: 'cache' }]);
});

it('an import names every key that an installation has', async () => {
  const { api } = server;
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'another source' }, 'app { id }');
  const services = { web: { image: 'web:1' }, db: { image: 'db:1' } };
  await api.mutate('importCompose', 'ImportComposeInput', { appId: app.id, files: compose(services) }, 'position');
  const publishing = { appId: app.id, name: 'another shop', version: '1.0' };
  const { template } = await api.mutate('publishTemplate', 'PublishTemplateInput', publishing, 'template { id }');
  const into = { templateId: template.id, appName: 'there' };
  const { app: installed } = await api.mutate('installTemplate', 'InstallTemplateInput', into, 'app { id }');

  expect(await api.refuse('importCompose', 'ImportComposeInput', { appId: installed.id, files: compose(services) })).toMatchObject({
    message: 'other components of the app have the keys "web", "db": choose other ones',
    extensions: { code: 'KEY_TAKEN', keys: ['web', 'db'] },
  });
});
