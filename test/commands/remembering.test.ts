import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { CorruptLogError } from '../../src/store/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode, factsOf, type Answer } from '../support/nodes.js';
import { app, checkBy, COMPOSE, component, failedRelease, install, shop, type Check } from './cases.js';

const HOUR = 60 * 60 * 1000;

describe('what is remembered of a command', () => {
  const check: Check = { failing: false };
  let store: EventStore;
  let node: ApiNode;
  let time: number;
  let ids: number;
  const open = (): Promise<ApiNode> =>
    ApiNode.open(store, {
      check: checkBy(check),
      runtime: {
        now: () => new Date(time).toISOString(),
        newId: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
        random: () => 0.5,
      },
    });
  beforeEach(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    time = Date.parse('2026-06-01T00:00:00Z');
    ids = 0;
    node = await open();
  });
  afterEach(async () => {
    await node.close();
    await store.close();
  });

  const types = async (): Promise<string[]> => (await factsOf(store)).map(({ type }) => type);
  const look = async (appId: string): Promise<Answer> =>
    (await node.ask('query ($id: ID!) { app(id: $id) { name revision components { key replicas } } }', { id: appId }))['app'] as Answer;

  describe('that changed nothing', () => {
    it('an edit to what is there already is noted, and has no effect once the state has moved on', async () => {
      const appId = await app(node, 'shop');
      const rename = { appId, name: 'shop', commandId: 'c' };
      const first = await node.mutate('updateApp', rename);
      await node.mutate('updateApp', { appId, name: 'moved on' });
      expect(await node.mutate('updateApp', rename)).toEqual(first);
      expect(await look(appId)).toMatchObject({ name: 'moved on' });
      expect(await types()).toEqual(['AppCreated', 'AppUnchanged', 'AppChanged']);
    });

    it('an import of what is there already, likewise, with the answer of the first time', async () => {
      const appId = await app(node, 'shop');
      const again = { appId, files: [{ content: COMPOSE }], commandId: 'c' };
      await node.mutate('importCompose', { appId, files: [{ content: COMPOSE }] });
      const first = await node.mutate('importCompose', again, 'position changes { key change }');
      expect(first['changes']).toEqual([
        { key: 'web', change: 'UNCHANGED' },
        { key: 'db', change: 'UNCHANGED' },
      ]);
      await node.mutate('importCompose', { appId, files: [{ content: COMPOSE.replace('web:1', 'web:2') }] });
      expect(await node.mutate('importCompose', again, 'position changes { key change }')).toEqual(first);
      expect((await types()).slice(-2)).toEqual(['AppUnchanged', 'ComponentChanged']);
    });

    it('a retry of a release that runs does not retry it once it has failed', async () => {
      let fail!: (error: Error) => void;
      const running = new Promise<void>((_, reject) => (fail = reject));
      await node.close();
      node = await ApiNode.open(store, { check: () => running, publishWaitMs: 1 });
      const appId = await app(node, 'shop');
      await component(node, appId, 'web');
      const started = await node.mutate('publishTemplate', { appId, name: 'shop', version: '1.0' }, 'template { id } release { id state }');
      const { template, release } = started as Record<string, { id: string; state: string }>;
      expect(release?.state).toBe('SYNCING');
      const retry = { templateId: template?.id, releaseId: release?.id, commandId: 'c' };
      await node.mutate('retryRelease', retry);
      fail(new CorruptLogError('it cannot be checked'));
      await node.backend.releases.close();
      expect(await node.mutate('retryRelease', retry, 'release { state }')).toMatchObject({ release: { state: 'FAILED' } });
      expect((await types()).slice(-3)).toEqual(['ReleaseStarted', 'TemplateUnchanged', 'ComponentSyncFailed']);
    });

    it('without a commandId nothing is noted', async () => {
      const appId = await app(node, 'shop');
      await node.mutate('updateApp', { appId, name: 'shop' });
      expect(await types()).toEqual(['AppCreated']);
    });
  });

  it('a refused command is not: it may be tried again', async () => {
    const appId = await app(node, 'shop');
    const componentId = await component(node, appId, 'web');
    const add = { appId, component: { key: 'web' }, commandId: 'c' };
    await expect(node.mutate('addComponent', add)).rejects.toMatchObject({ code: 'KEY_TAKEN' });
    await node.mutate('removeComponent', { appId, componentId });
    await node.mutate('addComponent', add);
    expect(await types()).toEqual(['AppCreated', 'ComponentAdded', 'ComponentRemoved', 'ComponentAdded']);
  });

  it('an answer that was given with a revision is given again, though the revision has moved on', async () => {
    const appId = await app(node, 'shop');
    const add = { appId, component: { key: 'web' }, expectedRevision: 0, commandId: 'c' };
    const first = await node.mutate('addComponent', add, 'position component { id }');
    await component(node, appId, 'db');
    expect(await node.mutate('addComponent', add, 'position component { id }')).toEqual(first);
    await expect(node.mutate('addComponent', { ...add, commandId: 'd' })).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
  });

  it.each([
    ['23 hours', 23, ['AppCreated', 'ComponentAdded', 'ComponentRemoved']],
    ['25 hours', 25, ['AppCreated', 'ComponentAdded', 'ComponentRemoved', 'ComponentAdded']],
  ])('after %s, by the time of the command, also to a node that starts then', async (_, hours, expected) => {
    for (const restarted of [false, true]) {
      const appId = await app(node, 'shop');
      const add = { appId, component: { key: 'web' }, commandId: 'c' };
      const { component: added } = (await node.mutate('addComponent', add, 'component { id }')) as Record<string, { id: string }>;
      await node.mutate('removeComponent', { appId, componentId: added?.id });
      time += hours * HOUR;
      if (restarted) {
        await node.close();
        node = await open();
      }
      await node.mutate('addComponent', add, 'app { id }').catch((error: unknown) => expect(error).toMatchObject({ code: 'NOT_FOUND' }));
      const facts = (await factsOf(store)).filter(({ stream }) => stream === `app-${appId}`);
      expect(facts.map(({ type }) => type)).toEqual(expected);
      const made = facts.filter(({ type }) => type === 'ComponentAdded').map(({ data }) => data['componentId']);
      expect(new Set(made).size).toBe(made.length);
    }
  });

  it('what it created, for ever: its id is taken', async () => {
    const create = { name: 'shop', commandId: 'c' };
    const first = await node.mutate('createApp', create, 'position app { id }');
    time += 1000 * HOUR;
    expect(await node.mutate('createApp', create, 'position app { id }')).toEqual(first);
    await expect(node.mutate('createApp', { ...create, name: 'other' })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  it('though what it answers with is gone: it says so, and does not do it again', async () => {
    const create = { name: 'shop', commandId: 'c' };
    const { app: created } = (await node.mutate('createApp', create, 'app { id }')) as Record<string, { id: string }>;
    const appId = created?.id ?? '';
    const add = { appId, component: { key: 'web' }, commandId: 'c' };
    const { component: added } = (await node.mutate('addComponent', add, 'component { id }')) as Record<string, { id: string }>;
    await node.mutate('removeComponent', { appId, componentId: added?.id });
    const gone = { code: 'NOT_FOUND', message: expect.stringContaining('was deleted since') as string };
    await expect(node.mutate('addComponent', add)).rejects.toMatchObject(gone);
    await node.mutate('deleteApp', { appId });
    await expect(node.mutate('createApp', create)).rejects.toMatchObject(gone);
    await expect(node.mutate('addComponent', add)).rejects.toMatchObject(gone);
    expect(await types()).toEqual(['AppCreated', 'ComponentAdded', 'ComponentRemoved', 'AppDeleted']);
  });

  it('an upgrade, though the app has a second installation since', async () => {
    const { appId: source, templateId } = await shop(node);
    const appId = await install(node, templateId, 'mine');
    await component(node, source, 'db');
    await node.mutate('publishTemplate', { appId: source, templateId, version: '1.1' });
    const upgrade = { appId, toVersion: '1.1', commandId: 'c' };
    const first = await node.mutate('upgradeApp', upgrade, 'position installation { id } upgrade { id }');
    await node.mutate('installTemplate', {
      templateId,
      appId,
      keys: [
        { from: 'web', to: 'web-2' },
        { from: 'db', to: 'db-2' },
      ],
    });
    expect(await node.mutate('upgradeApp', upgrade, 'position installation { id } upgrade { id }')).toEqual(first);
  });

  it('a publish, with the position of the last event of its release, whatever was released since', async () => {
    const appId = await app(node, 'shop');
    await component(node, appId, 'web');
    const publish = { appId, name: 'shop', version: '1.0', commandId: 'c' };
    const selection = 'position template { id } release { id state }';
    const first = await node.mutate('publishTemplate', publish, selection);
    const { id: templateId } = first['template'] as { id: string };
    await component(node, appId, 'db');
    await node.mutate('publishTemplate', { appId, templateId, version: '1.1', commandId: 'd' });
    await node.mutate('deleteApp', { appId });
    expect(await node.mutate('publishTemplate', publish, selection)).toEqual(first);
  });

  it('is told apart by actor, by mutation and by target', async () => {
    const commandId = 'c';
    const name = 'shop';
    const created = await Promise.all(
      ['ada', 'bob'].map(
        async (actor) => (await node.mutate('createApp', { name, commandId }, 'app { id }', actor)) as Record<string, { id: string }>,
      ),
    );
    const [one, two] = created.map(({ app: made }) => made?.id);
    expect(one).not.toBe(two);
    for (const [appId, actor] of [
      [one, 'ada'],
      [one, 'bob'],
      [two, 'ada'],
    ] as const) {
      await node.mutate('addComponent', { appId, component: { key: `by-${actor}` }, commandId }, 'position', actor);
    }
    await node.mutate('updateApp', { appId: one, name: 'other', commandId }, 'position', 'ada');
    expect(await look(one ?? '')).toMatchObject({ name: 'other', components: [{ key: 'by-ada' }, { key: 'by-bob' }] });
    expect(await look(two ?? '')).toMatchObject({ name: 'shop', components: [{ key: 'by-ada' }] });
  });

  it('a dry run is a read: it is not remembered, and a commandId does not get in its way', async () => {
    const appId = await app(node, 'shop');
    const input = { appId, files: [{ content: COMPOSE }], commandId: 'c' };
    const told = await node.mutate('importCompose', { ...input, dryRun: true }, 'changes { key change }');
    expect(await types()).toEqual(['AppCreated']);
    expect(await node.mutate('importCompose', input, 'changes { key change }')).toEqual(told);
    const after = await node.mutate('importCompose', { ...input, dryRun: true }, 'changes { change }');
    expect(after['changes']).toEqual([{ change: 'UNCHANGED' }, { change: 'UNCHANGED' }]);
  });

  it('takes null and left out for the same, but not within a JSON value', async () => {
    const created = await node.mutate('createApp', { name: 'shop', team: null, commandId: 'c' }, 'app { id }');
    expect(await node.mutate('createApp', { name: 'shop', commandId: 'c' }, 'app { id }')).toEqual(created);
    const { id: appId } = created['app'] as { id: string };
    const add = (extra: object, image?: null): Promise<Answer> =>
      node.mutate('addComponent', { appId, component: { key: 'web', image, extra }, commandId: 'd' }, 'component { id }');
    const added = await add({ one: 1, two: null }, null);
    expect(await add({ two: null, one: 1 })).toEqual(added);
    await expect(add({ one: 1 })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  it.each([[''], ['x'.repeat(201)]])('refuses a commandId of a wrong length', async (commandId) => {
    const error = await node.mutate('createApp', { name: 'shop', commandId }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).toContain('1 to 200 characters');
    await node.mutate('createApp', { name: 'shop', commandId: 'x'.repeat(200) });
  });

  it('answers only when the read models of the node show what the first one wrote', async () => {
    const second = await open();
    const create = { name: 'shop', commandId: 'c' };
    await node.mutate('createApp', create);
    expect(await second.mutate('createApp', create, 'app { name }')).toEqual({ app: { name: 'shop' } });
    await second.close();
  });

  it('is in the history of what it was about', async () => {
    const { templateId, releaseId } = await failedRelease(node, check);
    for (let n = 0; n < 2; n++) await node.mutate('cancelRelease', { templateId, releaseId, commandId: `c${n}` });
    const { history } = (await node.ask(
      'query ($id: ID!) { history(filter: { templateId: $id }, first: 100) { edges { node { type commandId } } } }',
      { id: templateId },
    )) as { history: { edges: { node: object }[] } };
    expect(history.edges.slice(-2).map(({ node: event }) => event)).toEqual([
      { type: 'ReleaseCancelled', commandId: 'c0' },
      { type: 'TemplateUnchanged', commandId: 'c1' },
    ]);
  });
});
