import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import { ApiNode, factsOf, unavailable, type Answer } from '../support/nodes.js';
import { app, component } from './cases.js';

describe('the name of a template that a command creates', () => {
  let store: EventStore;
  let node: ApiNode;
  let second: ApiNode;
  let appId: string;
  beforeEach(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    [node, second] = await Promise.all([ApiNode.open(store), ApiNode.open(store)]);
    appId = await app(node, 'shop');
    await component(node, appId, 'web');
  });
  afterEach(async () => {
    await Promise.all([node.close(), second.close()]);
    await store.close();
  });

  const publish = (from: ApiNode, name: string, commandId?: string): Promise<Answer> =>
    from.mutate('publishTemplate', { appId, name, version: '1.0', commandId }, 'position template { id name } release { id state }');
  const templatesNamed = async (name: string): Promise<number> =>
    (await factsOf(store)).filter(({ type, data }) => type === 'TemplateCreated' && data['name'] === name).length;
  /** Reserves the name, and does not come to create the template. */
  const crash = async (name: string, commandId?: string): Promise<void> => {
    node.trouble.before = (stream) => (stream.startsWith('template-') ? unavailable() : undefined);
    await expect(publish(node, name, commandId)).rejects.toBeInstanceOf(StoreUnavailableError);
    node.trouble.before = undefined;
  };

  it('is still reserved for the command that crashed in between, which goes on when it comes again', async () => {
    await crash('shop', 'c');
    const answer = await publish(second, 'shop', 'c');
    expect(answer).toMatchObject({ template: { name: 'shop' }, release: { state: 'PUBLISHED' } });
    expect(await publish(node, 'shop', 'c')).toEqual(answer);
    expect((await factsOf(store)).filter(({ type }) => type === 'NameReserved')).toHaveLength(1);
  });

  it.each([
    ['with an id', 'c'],
    ['without one', undefined],
  ])('is free for others after a crash in between of a command %s', async (_, commandId) => {
    await crash('shop', commandId);
    const answer = await publish(second, 'shop', 'd');
    expect(answer).toMatchObject({ release: { state: 'PUBLISHED' } });
    expect(await publish(second, 'shop', 'd')).toEqual(answer);
    await expect(publish(node, 'shop', commandId)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await templatesNamed('shop')).toBe(1);
  });

  /** Holds the next append of a node to such a stream: `held` once it has come to it, until `resume`. */
  const hold = (on: ApiNode, prefix: string): { held: Promise<void>; resume: () => void } => {
    let resume!: () => void;
    const resumed = new Promise<void>((resolve) => (resume = resolve));
    const held = new Promise<void>((resolve) => {
      on.trouble.before = async (stream) => {
        if (!stream.startsWith(prefix)) return;
        on.trouble.before = undefined;
        resolve();
        await resumed;
      };
    });
    return { held, resume };
  };

  it('goes to one, when a slow command goes on after another one took it for crashed', async () => {
    const { held, resume } = hold(node, 'template-');
    const slow = publish(node, 'shop', 'slow');
    await held;
    const quick = await publish(second, 'shop', 'quick');
    resume();
    await expect(slow).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await publish(node, 'shop', 'quick')).toEqual(quick);
    expect(await templatesNamed('shop')).toBe(1);
  });

  it('goes to one, when the crashed command comes again while another one is taking the name over', async () => {
    await crash('shop', 'c');
    const { held, resume } = hold(second, 'name-');
    const taker = publish(second, 'shop', 'd');
    await held;
    const answer = await publish(node, 'shop', 'c');
    resume();
    await expect(taker).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await publish(second, 'shop', 'c')).toEqual(answer);
    expect(await templatesNamed('shop')).toBe(1);
  });

  it('can be had again by a command that lost it to one that crashed, too', async () => {
    await crash('shop', 'c');
    await crash('shop', 'd');
    const answer = await publish(node, 'shop', 'c');
    expect(answer).toMatchObject({ template: { name: 'shop' }, release: { state: 'PUBLISHED' } });
    expect(await publish(second, 'shop', 'c')).toEqual(answer);
    await expect(publish(node, 'shop', 'd')).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await templatesNamed('shop')).toBe(1);
  });

  it('is not kept by a template that was created under another one, by the same command id', async () => {
    const outcomes = await Promise.allSettled([publish(node, 'one', 'c'), publish(second, 'two', 'c')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const names = ['one', 'two'];
    for (const [n, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).toMatchObject({ code: 'COMMAND_ID_REUSED' });
        expect(await publish(node, names[n] ?? '', 'd')).toMatchObject({ release: { state: 'PUBLISHED' } });
      }
    }
    expect([await templatesNamed('one'), await templatesNamed('two')]).toEqual([1, 1]);
  });

  it('is not reserved by a command that is refused', async () => {
    const empty = await app(node, 'empty');
    const refused = node.mutate('publishTemplate', { appId: empty, name: 'empty', version: '1.0' });
    await expect(refused).rejects.toMatchObject({ code: 'NOTHING_TO_PUBLISH' });
    expect((await factsOf(store)).filter(({ type }) => type === 'NameReserved')).toEqual([]);
  });

  it('goes to exactly one of many who want it at once, on two nodes', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => publish(n % 2 ? node : second, 'shop', `c${n}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await templatesNamed('shop')).toBe(1);
  });
});
