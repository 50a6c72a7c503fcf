import { describe, expect, it } from 'vitest';
import type { DefinitionCheck } from '../../src/commands/release-runner.js';
import { CorruptLogError } from '../../src/store/errors.js';
import type { ReleaseShop } from '../support/release-shop.js';
import { byKey, eventually, world, type Answer } from './world.js';

/** What checks the components of a release: each that it was given, those that it finds fault with, and a gate that it waits at. */
class Checks {
  readonly checked: string[] = [];
  readonly broken = new Set<string>();
  gate: Promise<void> = Promise.resolve();

  readonly check: DefinitionCheck = async (digest, contents) => {
    const { key } = (await contents.load([digest])).definition(digest);
    this.checked.push(key);
    await this.gate;
    if (this.broken.has(key)) throw new CorruptLogError(`${key} cannot be read`);
  };

  /** Closes the gate. @returns what opens it. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gate = promise;
    return resolve;
  }
}

const RELEASE = 'release { id state version syncRecords { componentKey change state error } }';
const next = ({ appId, templateId }: ReleaseShop, version: string, more: object = {}): object => ({ appId, templateId, version, ...more });

describe('rule 4: a release is a target only once it is published', () => {
  const checks = new Checks();
  const w = world({ check: checks.check, publishWaitMs: 0 });

  const published = async (shop: ReleaseShop): Promise<string[]> => w().versions(shop);
  const isPublished = (shop: ReleaseShop, version: string): Promise<void> =>
    eventually(async () => expect(await published(shop)).toContain(version));
  const state = async (id: string): Promise<string> =>
    (await w().ask('query ($id: ID!) { node(id: $id) { ... on ReleaseRecord { state } } }', { id })).node.state as string;
  const becomes = (id: string, expected: string): Promise<void> => eventually(async () => expect(await state(id)).toBe(expected));

  async function shop(): Promise<ReleaseShop> {
    const made = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1' } });
    await isPublished(made, '1.0');
    return made;
  }

  it('until all its components are synced nobody can take it; one runs at a time; it has the source as it was when it started', async () => {
    const made = await shop();
    const { templateId } = made;
    const install = await made.install('1.0');
    await made.change({ web: { image: 'web:2' }, db: { image: 'db:1' } });
    const open = checks.hold();
    const { release } = await w().do('publishTemplate', next(made, '1.1'), RELEASE);
    // As it stands, since it does not wait here.
    expect(release).toMatchObject({
      state: 'SYNCING',
      syncRecords: [
        { componentKey: 'web', change: 'CHANGED', state: expect.stringMatching(/^(PENDING|SYNCING)$/) as string },
        { componentKey: 'db', change: 'UNCHANGED', state: 'SYNCED' },
      ],
    });
    expect(await published(made)).toEqual(['1.0']);
    expect(await w().installation(install, 'upgradableCount blockedVersions { code }')).toEqual({
      upgradableCount: 0,
      blockedVersions: [],
    });
    for (const [mutation, input] of [
      ['upgradeApp', { appId: install.appId, toVersion: '1.1' }],
      ['installTemplate', { templateId, version: '1.1', appName: 'too early' }],
    ] as const) {
      expect(await w().refused(mutation, input), mutation).toMatchObject({ code: 'NOT_FOUND' });
    }
    await made.change({ web: { image: 'web:3' }, db: { image: 'db:1' } });
    expect(await w().refused('publishTemplate', next(made, '1.2'))).toMatchObject({ code: 'RELEASE_RUNNING', releaseId: release.id });

    open();
    await isPublished(made, '1.1');
    expect(await w().version(made, '1.1', 'components { key image }')).toEqual({
      components: [
        { key: 'web', image: 'web:2' },
        { key: 'db', image: 'db:1' },
      ],
    });
    expect((await w().upgrade(install, '1.1')).upgrade.state).toBe('COMPLETED');
  });

  it('one that failed says which components and why, and is retried: those that failed alone are done again', async () => {
    const made = await shop();
    await made.change({ web: { image: 'web:2' }, db: { image: 'db:2' }, redis: { image: 'redis:7' } });
    checks.broken.add('db');
    const { release } = await w().do('publishTemplate', next(made, '1.1'), RELEASE);
    const id = release.id as string;
    await becomes(id, 'FAILED');
    const SYNC = 'query ($id: ID!) { node(id: $id) { ... on ReleaseRecord { syncRecords { componentKey state error } } } }';
    expect((await w().ask(SYNC, { id })).node.syncRecords).toEqual([
      { componentKey: 'web', state: 'SYNCED', error: null },
      { componentKey: 'db', state: 'FAILED', error: 'db cannot be read' },
      { componentKey: 'redis', state: 'SYNCED', error: null },
    ]);
    expect(await published(made)).toEqual(['1.0']);
    checks.broken.clear();
    checks.checked.length = 0;
    await w().do('retryRelease', { templateId: made.templateId, releaseId: id });
    await becomes(id, 'PUBLISHED');
    expect(checks.checked).toEqual(['db']);
    expect(await published(made)).toEqual(['1.1', '1.0']);
  });

  it('one that is cancelled never becomes a version, and no other release is touched', async () => {
    const made = await shop();
    const { templateId } = made;
    const failed: string[] = [];
    checks.broken.add('db');
    for (const version of ['1.1', '1.2']) {
      await made.change({ web: { image: 'web:1' }, db: { image: version } });
      const { release } = await w().do('publishTemplate', next(made, version), RELEASE);
      await becomes(release.id as string, 'FAILED');
      failed.push(release.id as string);
    }
    checks.broken.clear();
    const [first = '', second = ''] = failed;
    const { release } = await w().do('cancelRelease', { templateId, releaseId: second }, RELEASE);
    expect(release).toMatchObject({ id: second, state: 'CANCELLED', version: '1.2' });
    expect(await w().refused('retryRelease', { templateId, releaseId: second })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await state(first)).toBe('FAILED');
    await w().do('retryRelease', { templateId, releaseId: first });
    await becomes(first, 'PUBLISHED');
    expect(await published(made)).toEqual(['1.1', '1.0']);
  });

  it('the version is checked again: what was published meanwhile keeps a failed release from being retried', async () => {
    const made = await shop();
    await made.change({ web: { image: 'web:2' }, db: { image: 'db:2' } });
    checks.broken.add('db');
    const { release } = await w().do('publishTemplate', next(made, '1.1'), RELEASE);
    await becomes(release.id as string, 'FAILED');
    checks.broken.clear();
    await w().do('publishTemplate', next(made, '1.2'));
    await isPublished(made, '1.2');
    const retry = { templateId: made.templateId, releaseId: release.id as string };
    expect(await w().refused('retryRelease', retry)).toMatchObject({ code: 'VERSION_NOT_LARGER' });
    expect(await published(made)).toEqual(['1.2', '1.0']);
  });
});

describe('rule 5: identity', () => {
  const w = world();

  const identities = async (shop: ReleaseShop, version: string): Promise<Record<string, string>> => {
    const { components } = await w().version(shop, version, 'components { key templateComponentId }');
    return Object.fromEntries(components.map(({ key, templateComponentId }: Answer) => [key, templateComponentId]));
  };
  const sourceIds = async ({ appId }: ReleaseShop): Promise<Record<string, string>> =>
    Object.fromEntries((await w().app(appId, 'components { key id }')).components.map(({ key, id }: Answer) => [key, id]));
  const preview = async ({ appId, templateId }: ReleaseShop): Promise<Record<string, string>> => {
    const query = 'query ($a: ID!, $t: ID!) { publishPreview(appId: $a, templateId: $t) { matches { key by } } }';
    const { matches } = (await w().ask(query, { a: appId, t: templateId })).publishPreview;
    return Object.fromEntries(matches.map(({ key, by }: Answer) => [key, by]));
  };
  const publish = async (shop: ReleaseShop, version: string, more: object = {}): Promise<Record<string, string>> => {
    const { release } = await w().do('publishTemplate', next(shop, version, more), RELEASE);
    return Object.fromEntries(release.syncRecords.map(({ componentKey, change }: Answer) => [componentKey, change]));
  };

  it('a component is matched by its id, whatever its key; then by its key; else it is new. The preview says which', async () => {
    const shop = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1' } });
    const install = await shop.install('1.0');
    await shop.edit(install, 'web', { set: { replicas: 3 } });
    const ids = await sourceIds(shop);
    await w().do('updateComponent', { appId: shop.appId, componentId: ids['web'], set: { key: 'front' } });
    await w().do('removeComponent', { appId: shop.appId, componentId: ids['db'] });
    for (const key of ['db', 'redis']) await w().do('addComponent', { appId: shop.appId, component: { key, image: `${key}:2` } });
    expect(await preview(shop)).toEqual({ front: 'ID', db: 'KEY', redis: 'NEW' });
    expect(await publish(shop, '1.1')).toEqual({ front: 'RENAMED', db: 'CHANGED', redis: 'ADDED' });
    const [before, after] = [await identities(shop, '1.0'), await identities(shop, '1.1')];
    expect([after['front'], after['db']]).toEqual([before['web'], before['db']]);

    // So the install keeps its component, with what it had changed there.
    const { app } = await w().upgrade(install, '1.1', {}, 'app { components { id key replicas } }');
    expect(byKey(app.components)['front']).toEqual({ id: install.ids['web'], key: 'front', replicas: 3 });
  });

  it('identities say otherwise: a component that was made anew under another key is the one of before', async () => {
    const shop = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1' } });
    const before = await identities(shop, '1.0');
    await shop.change({ web: { image: 'web:1' }, database: { image: 'db:2' } });
    const given = [{ componentId: (await sourceIds(shop))['database'], templateComponentId: before['db'] }];
    expect(await publish(shop, '1.1', { identities: given })).toEqual({ web: 'UNCHANGED', database: 'RENAMED' });
    expect((await identities(shop, '1.1'))['database']).toBe(before['db']);
  });

  it('publishing only some components carries the others over from the version before', async () => {
    const shop = await w().shop({ web: { image: 'web:1' }, db: { image: 'db:1' } });
    const before = await identities(shop, '1.0');
    await shop.change({ web: { image: 'web:2' }, redis: { image: 'redis:7' } });
    const components = [(await sourceIds(shop))['web']];
    expect(await publish(shop, '1.1', { components })).toEqual({ web: 'CHANGED', db: 'UNCHANGED' });
    expect((await w().version(shop, '1.1', 'components { key image }')).components).toEqual([
      { key: 'web', image: 'web:2' },
      { key: 'db', image: 'db:1' },
    ]);
    expect(await identities(shop, '1.1')).toEqual(before);
  });
});
