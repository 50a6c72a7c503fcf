import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it('each of several mutations in one request shows what it wrote, not what the one before had read', async () => {
  const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'twice' }, 'app { id }');
  const data = await server.api.ask(
    `mutation ($id: ID!) {
       one: addComponent(input: { appId: $id, component: { key: "one" } }) { app { revision components { key } } }
       two: addComponent(input: { appId: $id, component: { key: "two" } }) { app { revision components { key } } }
     }`,
    { id: app.id },
  );
  expect(data).toEqual({
    one: { app: { revision: 1, components: [{ key: 'one' }] } },
    two: { app: { revision: 2, components: [{ key: 'one' }, { key: 'two' }] } },
  });
});
