import { afterAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { factsOf, wrapStore } from '../support/nodes.js';
import { byKey, nodesOf, world, type Answer, type World } from './world.js';

describe('rule 15: idempotency', () => {
  const HOUR = 60 * 60 * 1000;
  let time = Date.parse('2026-01-01T00:00:00.000Z');
  let ids = 0;
  const now = (): string => new Date(time).toISOString();
  const newId = (): string => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`;
  const runtime = { now, newId, random: () => 0.5 };
  const store = openEmbeddedStore({ path: ':memory:' });
  afterAll(() => store.close());
  const one = world({ store: wrapStore(store, { close: () => Promise.resolve() }), runtime });
  const two = world({ store: wrapStore(store, { close: () => Promise.resolve() }), runtime });

  const typesOf = async (commandId: string): Promise<string[]> =>
    (await factsOf(store)).filter(({ metadata }) => metadata.commandId === commandId).map(({ type }) => type);
  /** Sends the same command from all sides, at once and once more: one answer. */
  async function everywhere(mutation: string, input: object, selection: string): Promise<Answer> {
    const sides = [one(), two(), one(), two(), one()];
    const [first, ...others] = await Promise.all(sides.map((side) => side.do(mutation, input, `${selection} position`)));
    others.push(await two().do(mutation, input, `${selection} position`));
    for (const other of others) expect(other, mutation).toEqual(first);
    return first;
  }

  it('the same command id again, at the same moment and on another node: one effect, the same ids and position', async () => {
    const { app } = await everywhere('createApp', { name: 'source', commandId: 'create' }, 'app { id }');
    const web = { appId: app.id, component: { key: 'web', image: 'web:1' }, commandId: 'add' };
    await everywhere('addComponent', web, 'component { id }');
    const version = { appId: app.id, name: 'shop', version: '1.0', commandId: 'publish' };
    const { template } = await everywhere('publishTemplate', version, 'template { id } release { id state }');
    const installing = { templateId: template.id as string, appName: 'mine', commandId: 'install' };
    const installed = await everywhere('installTemplate', installing, 'app { id components { id } } installation { id }');
    await one().do('addComponent', { appId: app.id, component: { key: 'redis', image: 'redis:7' } });
    await one().do('publishTemplate', { appId: app.id, templateId: template.id, version: '1.1' });
    const upgrading = { appId: installed.app.id, toVersion: '1.1', commandId: 'upgrade' };
    await everywhere('upgradeApp', upgrading, 'upgrade { id state } app { components { id key } }');

    expect(await typesOf('create')).toEqual(['AppCreated']);
    expect(await typesOf('add')).toEqual(['ComponentAdded']);
    expect(await typesOf('publish')).toEqual(['NameReserved', 'TemplateCreated', 'ReleaseStarted']);
    expect(await typesOf('install')).toEqual(['AppCreated', 'TemplateInstalled']);
    expect(await typesOf('upgrade')).toEqual(['UpgradeStarted', 'ComponentUpgraded', 'AppUpgraded']);
  });

  const nameOf = async (appId: string): Promise<string> => (await one().app(appId, 'name')).name as string;
  async function app(name: string): Promise<string> {
    return (await one().do('createApp', { name }, 'app { id }')).app.id as string;
  }

  it('with other words it is refused; of another mutation, or about another app, it is another command', async () => {
    const [appId, another] = [await app('a'), await app('b')];
    await one().do('updateApp', { appId, name: 'renamed', commandId: 'same' });
    expect(await two().refused('updateApp', { appId, name: 'other', commandId: 'same' })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
    await two().do('updateApp', { appId: another, name: 'renamed, too', commandId: 'same' });
    await two().do('addComponent', { appId, component: { key: 'web' }, commandId: 'same' });
    expect([await nameOf(appId), await nameOf(another)]).toEqual(['renamed', 'renamed, too']);
    expect(await typesOf('same')).toEqual(['AppChanged', 'AppChanged', 'ComponentAdded']);
  });

  it('what changed nothing is remembered, too: it does nothing when it comes again after others changed something', async () => {
    const appId = await app('shop');
    const nothing = { appId, name: 'shop', commandId: 'nothing' };
    const first = await one().do('updateApp', nothing);
    await one().do('updateApp', { appId, name: 'changed' });
    expect(await two().do('updateApp', nothing)).toEqual(first);
    expect(await nameOf(appId)).toBe('changed');
  });

  it('is remembered for 24 hours', async () => {
    const appId = await app('first');
    const rename = { appId, name: 'second', commandId: 'rename' };
    const first = await one().do('updateApp', rename);
    await one().do('updateApp', { appId, name: 'third' });
    time += 24 * HOUR - 1;
    expect(await two().do('updateApp', rename)).toEqual(first);
    expect(await nameOf(appId)).toBe('third');
    time += 2;
    const { position } = await two().do('updateApp', rename);
    expect(position).not.toBe(first.position);
    expect((await two().app(appId, 'name')).name).toBe('second');
  });
});

describe('rule 16: names', () => {
  const w = world();
  const source = async (team: string): Promise<string> => {
    const { app } = await w().do('createApp', { name: 'source', team }, 'app { id }');
    await w().do('addComponent', { appId: app.id, component: { key: 'web' } });
    return app.id as string;
  };
  const publish = (appId: string, name: string): Parameters<World['do']> => ['publishTemplate', { appId, name, version: '1.0' }];

  it('of a template are unique within its team, also for those who want one at the same moment', async () => {
    const [one, two, others] = [await source('makers'), await source('makers'), await source('others')];
    await w().do(...publish(one, 'shop'));
    const again = { appId: two, name: 'shop', version: '1.0' };
    expect(await w().refused('publishTemplate', again)).toMatchObject({ code: 'NAME_TAKEN' });
    await w().do(...publish(others, 'shop'));
    expect(await w().refused('publishTemplate', again)).toMatchObject({ code: 'NAME_TAKEN' });
    const outcomes = await Promise.allSettled([one, two, one, two].map((appId) => w().do(...publish(appId, 'raced'))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { templates } = await w().ask('{ templates { edges { node { name team } } } }');
    expect(nodesOf(templates).map(({ team, name }) => `${team}: ${name}`)).toEqual(
      expect.arrayContaining(['makers: shop', 'others: shop', 'makers: raced']) as string[],
    );
    expect(nodesOf(templates)).toHaveLength(3);
  });

  it('of components: an import touches the app’s own, never those of its installations', async () => {
    const shop = await w().shop({ db: { image: 'db:1' }, cache: { image: 'cache:1' } });
    const { appId } = await shop.install('1.0');
    const importing = (services: object): object => ({ appId, files: [{ content: JSON.stringify({ services }) }] });
    const IMPORTED = 'changes { key change } app { components { key image } }';
    await w().do('importCompose', importing({ web: { image: 'web:1' }, cron: { image: 'cron:1' } }));
    const { changes, app } = await w().do('importCompose', importing({ web: { image: 'web:2' } }), IMPORTED);
    expect(byKey(changes)).toMatchObject({ web: { change: 'CHANGED' }, cron: { change: 'REMOVED' } });
    expect(changes).toHaveLength(2);
    const components = [
      { key: 'web', image: 'web:2' },
      { key: 'db', image: 'db:1' },
      { key: 'cache', image: 'cache:1' },
    ];
    expect(app.components).toEqual(components);
    expect(await w().refused('importCompose', importing({ db: { image: 'db:9' } }))).toMatchObject({ code: 'KEY_TAKEN' });
    expect((await w().app(appId, 'components { key image }')).components).toEqual(components);
  });
});
