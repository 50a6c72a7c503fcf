import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { ENV, Workshop } from './workshop.js';

const FILES = 'configFiles { path content secret mode }';

describe('secrets and generated values of a component of the app itself', () => {
  let server: TestServer;
  let shop: Workshop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = new Workshop(server.api);
  });
  afterAll(() => server.close());

  it('are shown as what they are, without a value', async () => {
    const env = [
      { name: 'A', value: 'hidden', secret: true, description: 'doc' },
      { name: 'B', generate: true, generateGroup: 'g', secret: true },
      { name: 'C', generate: true },
    ];
    const { appId, ids } = await shop.source({
      key: 'db',
      env,
      configFiles: [{ path: '/run/key', content: 'hidden', secret: true, mode: '0400' }],
    });
    const shown = { value: null, secret: false, generated: false, generateGroup: null, description: null };
    expect(await shop.components(appId, `${ENV} ${FILES}`)).toEqual([
      {
        env: [
          { ...shown, name: 'A', secret: true, description: 'doc' },
          { ...shown, name: 'B', secret: true, generated: true, generateGroup: 'g' },
          { ...shown, name: 'C', generated: true },
        ],
        configFiles: [{ path: '/run/key', content: null, secret: true, mode: '0400' }],
      },
    ]);
    expect(await shop.reveal(appId, ids[0], 'A')).toBe('hidden');
    expect(await shop.reveal(appId, ids[0], '/run/key')).toBe('hidden');
    expect(await shop.reveal(appId, ids[0], 'C')).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('change with a new value, and not with the same one', async () => {
    const { appId, ids } = await shop.source({ key: 'db', env: [{ name: 'A', value: 'one', secret: true }] });
    const [id] = ids;
    await shop.update(appId, id, { set: { env: [{ name: 'A', value: 'one' }] } });
    // The key first: what names it comes after it.
    expect(await shop.typesOf(appId)).toEqual(['AppCreated', 'DataKeyCreated', 'ComponentAdded', 'ValueBound']);
    await shop.update(appId, id, { set: { env: [{ name: 'A', value: 'two' }] } });
    expect((await shop.typesOf(appId)).filter((type) => type === 'ValueBound')).toHaveLength(2);
    expect(await shop.reveal(appId, id, 'A')).toBe('two');
  });

  it('stay secret until that is said to be false', async () => {
    const { appId, ids } = await shop.source({
      key: 'db',
      env: [
        { name: 'A', value: 'one', secret: true },
        { name: 'B', generate: true },
      ],
    });
    const [id] = ids;
    const env = await shop.update(appId, id, {
      set: {
        env: [
          { name: 'A', value: 'two' },
          { name: 'B', value: 'given' },
        ],
      },
    });
    expect(env).toMatchObject([
      { name: 'A', value: null, secret: true },
      { name: 'B', value: null, generated: true },
    ]);
    expect(await shop.reveal(appId, id, 'B')).toBe('given');
    const plain = await shop.update(appId, id, {
      set: {
        env: [
          { name: 'A', value: 'plain', secret: false },
          { name: 'B', value: 'too', generate: false },
        ],
      },
    });
    expect(plain).toMatchObject([
      { name: 'A', value: 'plain', secret: false },
      { name: 'B', value: 'too', generated: false },
    ]);
  });

  it('take over the value that was there in the clear', async () => {
    const files = [{ path: '/etc/c', content: 'text' }];
    const { appId, ids } = await shop.source({ key: 'db', env: [{ name: 'A', value: 'plain' }], configFiles: files });
    const [id] = ids;
    await shop.update(appId, id, { set: { env: [{ name: 'A', secret: true }], configFiles: [{ path: '/etc/c', secret: true }] } });
    expect([await shop.reveal(appId, id, 'A'), await shop.reveal(appId, id, '/etc/c')]).toEqual(['plain', 'text']);
  });

  it('have their value again when the variable comes back', async () => {
    const { appId, ids } = await shop.source({
      key: 'db',
      env: [
        { name: 'A', value: 'kept', secret: true },
        { name: 'B', generate: true },
      ],
    });
    const [id] = ids;
    const generated = await shop.reveal(appId, id, 'B');
    await shop.update(appId, id, { unset: ['/env/A', '/env/B'] });
    expect(await shop.reveal(appId, id, 'A')).toBe('kept');
    await shop.update(appId, id, {
      set: {
        env: [
          { name: 'A', secret: true },
          { name: 'B', generate: true },
        ],
      },
    });
    expect([await shop.reveal(appId, id, 'A'), await shop.reveal(appId, id, 'B')]).toEqual(['kept', generated]);
  });

  it.each([
    [{ name: 'A', value: 'x', generate: true }, 'env: "A" has a value and is to be generated'],
    [{ name: 'A', generateGroup: 'g' }, 'env: "A" has a generateGroup'],
    [{ name: 'A', generate: false, generateGroup: 'g' }, 'env: "A" has a generateGroup'],
    [{ name: 'A', generate: true, generateGroup: '' }, 'component.env[0].generateGroup'],
  ])('are refused where they make no sense: %j', async (variable, message) => {
    const { appId } = await shop.source();
    const { extensions, ...refusal } = await shop.api.refuse('addComponent', 'AddComponentInput', {
      appId,
      component: { key: 'x', env: [variable] },
    });
    expect(extensions.code).toBe('BAD_USER_INPUT');
    expect(refusal.message.replaceAll('.0.', '[0].')).toContain(message);
    expect(await shop.typesOf(appId)).toEqual(['AppCreated']);
  });

  it('are told with their side of a difference left out, also what was in the clear on the other side', async () => {
    const files = [{ path: '/etc/c', content: 'text' }];
    const { appId, ids } = await shop.source({
      key: 'db',
      env: [
        { name: 'A', value: 'plain' },
        { name: 'B', value: '1' },
      ],
      configFiles: files,
    });
    const templateId = await shop.publish(appId, '1.0');
    await shop.update(appId, ids[0], {
      set: {
        env: [
          { name: 'A', secret: true },
          { name: 'B', value: '2' },
        ],
        configFiles: [{ path: '/etc/c', secret: true }],
      },
    });
    await shop.publish(appId, '1.1', templateId);
    const { compareVersions } = await shop.api.ask(
      'query ($id: ID!) { compareVersions(templateId: $id, from: "1.0", to: "1.1") { components { fields { path change before after secret } } } }',
      { id: templateId },
    );
    expect(compareVersions.components[0].fields).toEqual([
      { path: '/configFiles/~1etc~1c/content', change: 'REMOVED', before: null, after: null, secret: true },
      { path: '/configFiles/~1etc~1c/secret', change: 'ADDED', before: null, after: null, secret: true },
      { path: '/env/A', change: 'CHANGED', before: null, after: null, secret: true },
      { path: '/env/B', change: 'CHANGED', before: '1', after: '2', secret: false },
    ]);
  });
});
