import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('a query that failed while others of its fields were still read does not keep the read models that it was answered from', async () => {
  const { api, dataDir } = server;
  const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'one' }, 'app { id }');
  await api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'web' } }, 'position');
  await api.mutate('publishTemplate', 'PublishTemplateInput', { appId: app.id, name: 'one', version: '1.0' }, 'position');
  // The bad cursor fails at once; what is deep below the templates is read on when the answer is on its way.
  const deep =
    'latestVersion { template { versions { edges { node { template { versions { edges { node { components { key } } } } } } } } } }';
  const failing = `{ apps { edges { node { releaseRecords(after: "bad") { edges { cursor } } templates { ${deep} } } } } }`;
  for (let n = 0; n < 5; n++) expect((await api.refusal(failing)).extensions.code).toBe('BAD_USER_INPUT');
  await api.ask('mutation { rebuildReadModels { generation } }');
  await vi.waitFor(() => {
    expect(readdirSync(dataDir).filter((name) => /^read-model-\d+\.db$/.test(name))).toEqual(['read-model-2.db']);
  }, 10_000);
});
