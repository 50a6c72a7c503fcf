import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventWriter } from '../../src/commands/event-writer.js';
import { evolveApp } from '../../src/domain/app/evolve.js';
import type { AppEvent } from '../../src/domain/app/events.js';
import { digestOf } from '../../src/domain/canonical.js';
import { eventSchemas } from '../../src/domain/event-catalogue.js';
import type { AppId, ComponentId, WebhookId } from '../../src/domain/ids.js';
import { DataKeys } from '../../src/secrets/data-keys.js';
import { KeyedVault } from '../../src/secrets/keyed-vault.js';
import type { MasterKeys } from '../../src/secrets/master-keys.js';
import { rotateKeys, type Rotation } from '../../src/secrets/rotate.js';
import { EventCodec } from '../../src/store/codec.js';
import { decodingStore } from '../../src/store/decoding-store.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore, RecordedEvent } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import { keyOf } from '../support/backend.js';
import { KeptLog } from '../support/logs.js';
import { ApiNode, factsOf, unavailable, wrapStore, type Answer } from '../support/nodes.js';

const [OLD, NEW, OTHER] = [keyOf('07'), keyOf('08'), keyOf('09')];
const quiet = (): void => undefined;

interface Bound {
  readonly appId: string;
  readonly componentId: string;
}

/** An app with a secret variable `A`. */
async function bind(node: ApiNode, value: string, more: object = {}): Promise<Bound> {
  const created = (await node.mutate('createApp', { name: 'shop' }, 'app { id }')) as Record<string, { id: string }>;
  const appId = created['app']?.id ?? '';
  const component = { key: 'db', env: [{ name: 'A', value, secret: true }] };
  const added = (await node.mutate('addComponent', { appId, component, ...more }, 'component { id }')) as Record<string, { id: string }>;
  return { appId, componentId: added['component']?.id ?? '' };
}

async function reveal(node: ApiNode, { appId, componentId }: Bound): Promise<unknown> {
  return (await node.mutate('revealSecret', { appId, componentId, name: 'A', reason: 'r' }, 'value'))['value'];
}

const setTo = (node: ApiNode, bound: Bound, value: string, more: object = {}): Promise<Answer> =>
  node.mutate('updateComponent', { ...bound, set: { env: [{ name: 'A', value }] }, ...more });

function dataKeys(store: EventStore, keys: MasterKeys): DataKeys {
  const codec = new EventCodec(eventSchemas);
  return new DataKeys(decodingStore(store, codec), new EventWriter(store, codec, systemRuntime), systemRuntime, keys);
}

const rotate = (store: EventStore, keys: MasterKeys = { current: NEW, previous: OLD }): Promise<Rotation> =>
  rotateKeys(store, dataKeys(store, keys), quiet);

describe('the keys of a log', () => {
  let store: EventStore;
  const nodes: ApiNode[] = [];
  beforeEach(() => {
    store = openEmbeddedStore({ path: ':memory:' });
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    await store.close();
  });

  async function open(current = OLD, previous?: MasterKeys['current'], log = new KeptLog()): Promise<ApiNode> {
    const node = await ApiNode.open(store, { masterKeys: { current, previous }, logger: log });
    nodes.push(node);
    return node;
  }

  it('open at every node that has the master key', async () => {
    const bound = await bind(await open(), 'hidden');
    expect(await reveal(await open(), bound)).toBe('hidden');
  });

  it('are made once for an app, whoever comes first', async () => {
    const [one, two] = [await open(), await open()];
    const [a, b] = await Promise.all([bind(one, 'a'), bind(two, 'b')]);
    await Promise.all([setTo(one, a, 'x'), setTo(two, a, 'y'), setTo(one, b, 'z')]);
    const made = (await factsOf(store)).filter(({ type }) => type === 'DataKeyCreated').map(({ stream }) => stream);
    expect(made.sort()).toEqual([`key-${a.appId}`, `key-${b.appId}`, 'key-log'].sort());
    expect(await reveal(two, b)).toBe('z');
  });

  describe('with another master key', () => {
    let bound: Bound;
    let log: KeptLog;
    let node: ApiNode;
    let before: number;
    beforeEach(async () => {
      bound = await bind(await open(), 'hidden', { commandId: 'bind' });
      before = (await factsOf(store)).length;
      log = new KeptLog();
      node = await open(OTHER, undefined, log);
    });

    it('the node says so at its start', () => {
      expect(log.about('secrets in the log cannot be opened')).toMatchObject([{ err: { code: 'SECRET_KEY_WRONG' } }]);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['revealing', () => reveal(node, bound)],
      ['a new value', () => setTo(node, bound, 'other')],
      ['a secret of an app that has none yet', () => bind(node, 'other')],
      ['a command that may be a repeated one', () => setTo(node, bound, 'other', { commandId: 'bind' })],
    ])('%s is refused with SECRET_KEY_WRONG, and nothing of it is done', async (_what, ask) => {
      await expect(ask()).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG', details: { needed: OLD.id, known: [OTHER.id] } });
      const after = (await factsOf(store)).slice(before).map(({ type }) => type);
      expect(after.filter((type) => type !== 'AppCreated')).toEqual([]);
    });

    it('everything else goes on, also beside the secret', async () => {
      await node.mutate('updateComponent', { ...bound, set: { replicas: 2, env: [{ name: 'B', value: 'plain' }] } });
      await node.mutate('publishTemplate', { appId: bound.appId, name: 'shop', version: '1.0' });
      const { app } = await node.ask('query ($id: ID!) { app(id: $id) { components { env { name value secret } } } }', { id: bound.appId });
      expect(app).toMatchObject({
        components: [
          {
            env: [
              { name: 'A', value: null, secret: true },
              { name: 'B', value: 'plain' },
            ],
          },
        ],
      });
    });
  });

  describe('rotation', () => {
    it('wraps data keys anew, and leaves what they seal as it is', async () => {
      const node = await open();
      const bounds = [await bind(node, 'one'), await bind(node, 'two')];
      const sealed = (await factsOf(store)).filter(({ type }) => type === 'ValueBound');
      expect(await rotate(store)).toEqual({ keys: 3, rewrapped: 3 });
      expect((await factsOf(store)).filter(({ type }) => type === 'ValueBound')).toEqual(sealed);
      const after = await open(NEW);
      expect(await Promise.all(bounds.map((bound) => reveal(after, bound)))).toEqual(['one', 'two']);
      await expect(bind(await open(OLD), 'three')).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
    });

    it('is gone on with where it was interrupted; meanwhile both keys open all', async () => {
      const node = await open();
      const bounds = [await bind(node, 'one'), await bind(node, 'two')];
      let appends = 0;
      const failing = wrapStore(store, { append: (...given) => ((appends += 1) > 1 ? unavailable() : store.append(...given)) });
      await expect(rotate(failing)).rejects.toBeInstanceOf(StoreUnavailableError);
      const between = await open(NEW, OLD);
      expect(await Promise.all(bounds.map((bound) => reveal(between, bound)))).toEqual(['one', 'two']);
      expect(await rotate(store)).toEqual({ keys: 3, rewrapped: 2 });
      expect(await rotate(store)).toEqual({ keys: 3, rewrapped: 0 });
      expect(await reveal(await open(NEW), bounds[0] ?? neither())).toBe('one');
    });

    it('stops at a key that it cannot open', async () => {
      await bind(await open(), 'one');
      await expect(rotate(store, { current: NEW, previous: OTHER })).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
    });

    it('leaves commands recognisable: one that comes again has no second effect', async () => {
      const bound = await bind(await open(), 'one');
      const first = await setTo(await open(), bound, 'two', { commandId: 'set' });
      await rotate(store);
      const after = await open(NEW);
      expect(await setTo(after, bound, 'two', { commandId: 'set' })).toEqual(first);
      await expect(setTo(after, bound, 'three', { commandId: 'set' })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
    });
  });

  it('what tells a command from another tells nothing of a secret in it', async () => {
    const bound = await bind(await open(), 'one');
    const input = { ...bound, set: { env: [{ name: 'A', value: 'two' }] } };
    await setTo(await open(), bound, 'two', { commandId: 'set' });
    const digests = (await factsOf(store)).flatMap(({ metadata }) => metadata.commandDigest ?? []);
    expect(digests).toHaveLength(1);
    expect(digests).not.toContain(digestOf(['updateComponent', input]));
  });
});

describe('a sealed value', () => {
  const app = 'app' as AppId;
  const place = { componentId: 'c' as ComponentId, path: '/env/A' };
  const vault = (): KeyedVault => new KeyedVault(dataKeys(openEmbeddedStore({ path: ':memory:' }), { current: OLD }));

  it('is another text each time, and tells that it is the same value at the same place', async () => {
    const safe = await vault().safeOf(app);
    const [one, same, other] = [safe.seal(place, 'x'), safe.seal(place, 'x'), safe.seal(place, 'y')];
    expect(one.ciphertext).not.toBe(same.ciphertext);
    expect(one.mac).toBe(same.mac);
    expect(one.mac).not.toBe(other.mac);
    expect(safe.seal({ ...place, path: '/env/B' }, 'x').mac).not.toBe(one.mac);
  });

  it('opens at its place alone, and unchanged', async () => {
    const keys = vault();
    const safe = await keys.safeOf(app);
    const sealed = safe.seal(place, 'häufig ☂');
    expect(safe.open(place, sealed)).toBe('häufig ☂');
    const changed = Buffer.from(sealed.ciphertext, 'base64');
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(() => safe.open({ ...place, path: '/env/B' }, sealed)).toThrow('is not what was sealed there');
    expect(() => safe.open({ ...place, componentId: 'd' as ComponentId }, sealed)).toThrow('is not what was sealed there');
    expect(() => safe.open(place, { ...sealed, ciphertext: changed.toString('base64') })).toThrow('is not what was sealed there');
    expect(() => safe.open(place, { ...sealed, ciphertext: '' })).toThrow('is not what was sealed there');
    const another = await keys.safeOf('another' as AppId);
    expect(() => another.open(place, sealed)).toThrow('is not what was sealed there');
  });

  it('of a webhook opens as its own secret alone, also after the key that it is kept with was rotated', async () => {
    const store = openEmbeddedStore({ path: ':memory:' });
    const webhook = 'w' as WebhookId;
    const safe = await new KeyedVault(dataKeys(store, { current: OLD })).webhookSafeOf(webhook);
    const sealed = safe.seal('s1', 'whsec_x');
    expect(() => safe.open({ ...sealed, secretId: 's2' })).toThrow('is not what was sealed as it');
    await rotate(store);
    const keys = new KeyedVault(dataKeys(store, { current: NEW }));
    expect((await keys.webhookSafeOf(webhook)).open(sealed)).toBe('whsec_x');
    const another = await keys.webhookSafeOf('v' as WebhookId);
    expect(() => another.open(sealed)).toThrow('is not what was sealed as it');
  });

  it('of any release opens for ever', async () => {
    const golden = (type: string): RecordedEvent[] => {
      const text = readFileSync(new URL(`../golden/events/${type}.v1.json`, import.meta.url), 'utf8');
      return (JSON.parse(text) as { recorded: RecordedEvent }[]).map(({ recorded }) => recorded);
    };
    const bound = golden('ValueBound').map(({ type, data }) => ({ type, data }) as { type: string; data: object } as AppEvent);
    const appId = bound[0]?.data.appId ?? neither();
    const opened = async (type: string, current: MasterKeys['current']): Promise<string[]> => {
      const store = openEmbeddedStore({ path: ':memory:' });
      for (const event of golden(type)) await store.append(event.stream, 'no_stream', [event]);
      const safe = await new KeyedVault(dataKeys(store, { current })).safeOf(appId);
      const created: AppEvent = { type: 'AppCreated', data: { appId, name: 'shop', team: 'makers' } };
      const bindings = [...(evolveApp(undefined, [created, ...bound])?.bindings.values() ?? [])];
      return bindings.map((binding) => safe.open(binding, binding.sealed));
    };
    const expected = ['hunter2', expect.stringMatching(/^[A-Za-z0-9]{32}$/)];
    expect(await opened('DataKeyCreated', OLD)).toEqual(expected);
    expect(await opened('DataKeyRewrapped', NEW)).toEqual(expected);
  });
});

function neither(): never {
  throw new Error('there is none');
}
