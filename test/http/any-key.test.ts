import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

/** As JSON text: literals of the language would set prototypes. */
const ODD = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"plain":{"__proto__":1,"toString":"x"}}';

describe('keys of JSON that mean something to JavaScript', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  /** The text of the answer. */
  async function send(query: string, variables: string): Promise<string> {
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(200);
    return response.text();
  }

  const isPolluted = (): boolean => 'polluted' in {} || 'polluted' in Object.prototype || 'polluted' in Object;

  it('come back equal from a variable that is JSON, and pollute nothing', async () => {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'odd' }, 'app { id }');
    const added = await send(
      'mutation ($input: AddComponentInput!) { addComponent(input: $input) { component { key extra } } }',
      `{"input":{"appId":"${app.id}","component":{"key":"web","extra":${ODD}}}}`,
    );
    const expected = `{"data":{"addComponent":{"component":{"key":"web","extra":${ODD}}}}}`;
    expect(isDeepStrictEqual(JSON.parse(added), JSON.parse(expected)), added).toBe(true);
    const read = await send('query ($id: ID!) { app(id: $id) { components { extra } } }', `{"id":"${app.id}"}`);
    expect(read).toContain('"__proto__":{"polluted":true}');
    expect(read).toContain('"constructor":{"prototype":{"polluted":true}}');
    expect(isPolluted()).toBe(false);
  });

  it('come back equal from a literal of the document', async () => {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'literal' }, 'app { id }');
    const added = await send(
      `mutation ($id: ID!) { addComponent(input: { appId: $id, component: { key: "web", extra: { __proto__: { polluted: true } } } }) {
         component { extra } } }`,
      `{"id":"${app.id}"}`,
    );
    expect(added).toContain('"extra":{"__proto__":{"polluted":true}}');
    expect(isPolluted()).toBe(false);
  });

  it('are merged, compared and published as any other', async () => {
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'published' }, 'app { id }');
    await send(
      'mutation ($input: AddComponentInput!) { addComponent(input: $input) { position } }',
      `{"input":{"appId":"${app.id}","component":{"key":"web","extra":${ODD},"env":[{"name":"__proto__","value":"1"}]}}}`,
    );
    const publish = await server.api.mutate(
      'publishTemplate',
      'PublishTemplateInput',
      { appId: app.id, name: 'odd', version: '1' },
      'template { id latestVersion { components { env { name value } } } }',
    );
    expect(publish.template.latestVersion.components).toEqual([{ env: [{ name: '__proto__', value: '1' }] }]);
    const install = await server.api.mutate(
      'installTemplate',
      'InstallTemplateInput',
      { templateId: publish.template.id, appName: 'install' },
      'app { id components { id } }',
    );
    const [component] = install.app.components as [{ id: string }];
    const changed = await send(
      'mutation ($input: UpdateComponentInput!) { updateComponent(input: $input) { component { localChanges { path before after } } } }',
      `{"input":{"appId":"${install.app.id}","componentId":"${component.id}","set":{"extra":{"__proto__":{"polluted":"again"}}}}}`,
    );
    expect(JSON.parse(changed)).toMatchObject({
      data: { updateComponent: { component: { localChanges: expect.arrayContaining([expect.objectContaining({ after: 'again' })]) } } },
    });
    expect(isPolluted()).toBe(false);
  });

  it('are not taken for the request when they are keys of its variables, or of itself', async () => {
    expect(await send('query ($id: ID!) { app(id: $id) { name } }', '{"__proto__":{"id":"x"}}')).toContain('"$id\\" of required type');
    const body = '{"__proto__":{"query":"{ position }"}}';
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(400);
    expect(isPolluted()).toBe(false);
  });
});
