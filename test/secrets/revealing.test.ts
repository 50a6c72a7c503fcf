import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { Workshop } from './workshop.js';

describe('revealing a secret', () => {
  let server: TestServer;
  let shop: Workshop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = new Workshop(server.api);
  });
  afterAll(() => server.close());

  it('is on the record, with who and why, and without the value', async () => {
    const { appId, ids } = await shop.source({ key: 'db', env: [{ name: 'A', value: 'hidden', secret: true }] });
    const input = { appId, componentId: ids[0], path: '/env/A', reason: 'the backup asks for it' };
    await shop.api.mutate('revealSecret', 'RevealSecretInput', input, 'value');
    expect((await shop.events(appId)).at(-1)).toEqual({
      type: 'SecretRevealed',
      data: { appId, componentId: ids[0], path: '/env/A', reason: 'the backup asks for it' },
      actor: { id: 'local', kind: 'ANONYMOUS' },
    });
  });

  it.each([
    ['no reason', { name: 'A', reason: '' }, 'BAD_USER_INPUT'],
    ['both a path and a name', { name: 'A', path: '/env/A', reason: 'r' }, 'BAD_USER_INPUT'],
    ['neither', { reason: 'r' }, 'BAD_USER_INPUT'],
    ['what is not bound', { name: 'PLAIN', reason: 'r' }, 'NOT_FOUND'],
  ])('is refused with %s, and leaves no record', async (_what, input, code) => {
    const env = [
      { name: 'A', value: 'hidden', secret: true },
      { name: 'PLAIN', value: '1' },
    ];
    const { appId, ids } = await shop.source({ key: 'db', env });
    const { extensions } = await shop.api.refuse('revealSecret', 'RevealSecretInput', { appId, componentId: ids[0], ...input });
    expect(extensions.code).toBe(code);
    expect(await shop.typesOf(appId)).not.toContain('SecretRevealed');
  });

  it('a repeated command is told what it was told, though it changed since', async () => {
    const { appId, ids } = await shop.source({ key: 'db', env: [{ name: 'A', value: 'old', secret: true }] });
    const input = { appId, componentId: ids[0], name: 'A', reason: 'r', commandId: 'reveal' };
    const told = await shop.api.mutate('revealSecret', 'RevealSecretInput', input, 'value position');
    await shop.update(appId, ids[0], { set: { env: [{ name: 'A', value: 'new' }] } });
    expect(await shop.api.mutate('revealSecret', 'RevealSecretInput', input, 'value position')).toEqual(told);
    expect((await shop.typesOf(appId)).filter((type) => type === 'SecretRevealed')).toHaveLength(1);
  });
});
