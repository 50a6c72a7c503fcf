import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { Workshop } from './workshop.js';

describe('secrets in an import', () => {
  let server: TestServer;
  let shop: Workshop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = new Workshop(server.api);
  });
  afterAll(() => server.close());

  const imported = (appId: string, environment: string, more: object = {}): Promise<{ warnings: object[]; changes: object[] }> => {
    const files = [{ content: `services: { web: { image: "web:1", environment: ${environment} } }` }];
    return shop.api.mutate(
      'importCompose',
      'ImportComposeInput',
      { appId, files, ...more },
      'changes { change fields { path } } warnings { code message }',
    );
  };

  it('what is left open keeps its secret, and a value becomes its value without being shown', async () => {
    const { appId } = await shop.source();
    await imported(appId, '[A=1, B=2, C=3]');
    const id = String((await shop.components(appId, 'id'))[0]?.['id']);
    const set = {
      env: [
        { name: 'A', secret: true },
        { name: 'B', secret: true },
        { name: 'C', generate: true },
      ],
    };
    await shop.update(appId, id, { set });
    const generated = await shop.reveal(appId, id, 'C');
    expect(await imported(appId, '[A, C]', { dryRun: true })).toMatchObject({
      warnings: [],
      changes: [{ fields: [{ path: '/env/B' }] }],
    });
    expect(await shop.reveal(appId, id, 'B')).toBe('2');
    const { changes, warnings } = await imported(appId, '[A, B=changed, C]');
    expect(changes).toMatchObject([{ change: 'UNCHANGED' }]);
    expect(warnings).toMatchObject([{ code: 'SECRET_KEPT', message: expect.stringContaining('"web": /env/B is secret') }]);
    expect([await shop.reveal(appId, id, 'A'), await shop.reveal(appId, id, 'B'), await shop.reveal(appId, id, 'C')]).toEqual([
      '1',
      'changed',
      generated,
    ]);
  });

  it('a config file stays secret, and what the project has for it becomes its content', async () => {
    const { appId } = await shop.source();
    const files = (content: string): object[] => [
      { content: `services: { web: { image: "web:1", configs: [c] } }\nconfigs: { c: { content: "${content}" } }\n` },
    ];
    const into = (content: string): Promise<{ warnings: object[] }> =>
      shop.api.mutate('importCompose', 'ImportComposeInput', { appId, files: files(content) }, 'warnings { code }');
    await into('old');
    const id = String((await shop.components(appId, 'id'))[0]?.['id']);
    await shop.update(appId, id, { set: { configFiles: [{ path: '/c', secret: true }] } });
    expect(await shop.reveal(appId, id, '/c')).toBe('old');
    expect((await into('new')).warnings).toEqual([{ code: 'SECRET_KEPT' }]);
    expect(await shop.components(appId, 'configFiles { path content secret } extra')).toEqual([
      { configFiles: [{ path: '/c', content: null, secret: true }], extra: expect.anything() },
    ]);
    expect(await shop.reveal(appId, id, '/c')).toBe('new');
  });

  it('what the file says by x-regraft is generated has a value, also of a component that is new', async () => {
    const { appId } = await shop.source();
    const files = [{ content: 'services: { web: { image: "web:1", x-regraft: { set: { /env/TOKEN: { generated: true } } } } }' }];
    const input = { appId, files };
    await shop.api.mutate('importCompose', 'ImportComposeInput', input, 'position');
    const id = String((await shop.components(appId, 'id'))[0]?.['id']);
    const token = await shop.reveal(appId, id, 'TOKEN');
    expect(token).toHaveLength(32);
    await shop.api.mutate('importCompose', 'ImportComposeInput', input, 'position');
    expect(await shop.reveal(appId, id, 'TOKEN')).toBe(token);
  });

  it('what was in the clear and is a secret by the file keeps its value', async () => {
    const { appId } = await shop.source();
    await imported(appId, '[A=1]');
    const files = [{ content: 'services: { web: { image: "web:1", x-regraft: { set: { /env/A: { secret: true } } } } }' }];
    await shop.api.mutate('importCompose', 'ImportComposeInput', { appId, files }, 'position');
    const id = String((await shop.components(appId, 'id'))[0]?.['id']);
    expect(await shop.reveal(appId, id, 'A')).toBe('1');
  });
});
