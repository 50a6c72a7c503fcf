import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore } from '../../src/store/event-store.js';
import { newEvent } from '../store/contract.js';
import { ApiNode, factsOf, unavailable, type Answer } from '../support/nodes.js';
import { component, stopped } from './cases.js';

interface RunningHop {
  readonly id: string;
  readonly components: readonly { readonly componentId: string }[];
}

describe('an upgrade along a path that comes again', () => {
  let store: EventStore;
  let node: ApiNode;
  let second: ApiNode;
  let appId: string;
  beforeEach(async () => {
    store = openEmbeddedStore({ path: ':memory:' });
    [node, second] = await Promise.all([ApiNode.open(store), ApiNode.open(store)]);
    ({ appId } = await stopped(node));
  });
  afterEach(async () => {
    await Promise.all([node.close(), second.close()]);
    await store.close();
  });

  const upgrade = (from: ApiNode, commandId: string | undefined = 'c'): Promise<Answer> =>
    from.mutate('upgradeApp', { appId, toVersion: '2.0', alongPath: true, commandId }, 'position upgrades { id fromVersion toVersion }');
  /** The hops in the log, with the ids of their commands. */
  const hops = async (): Promise<unknown[]> =>
    (await factsOf(store))
      .filter(({ type }) => type === 'UpgradeStarted')
      .map(({ data, metadata }) => [data['fromVersion'], data['toVersion'], metadata.commandId]);
  const BOTH = [
    ['1.0', '1.4', 'c'],
    ['1.4', '2.0', 'c/hop-2'],
  ];

  it('after a crash between its hops goes on where it stopped, on another node', async () => {
    // The first hop is committed, and nothing after it.
    node.trouble.after = (stream) => (stream.startsWith('app-') ? unavailable() : undefined);
    await expect(upgrade(node)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await hops()).toEqual([BOTH[0]]);
    const answer = await upgrade(second);
    expect(answer['upgrades']).toMatchObject([
      { fromVersion: '1.0', toVersion: '1.4' },
      { fromVersion: '1.4', toVersion: '2.0' },
    ]);
    expect(await hops()).toEqual(BOTH);
    node.trouble.after = undefined;
    expect(await upgrade(node)).toEqual(answer);
  });

  it('makes one hop a call where an integration carries them out, and the next once that is over', async () => {
    await node.mutate('updateApp', { appId, target: 'EXTERNAL' });
    const call = async (): Promise<RunningHop[]> => {
      const input = { appId, toVersion: '2.0', alongPath: true, commandId: 'c' };
      const answer = await node.mutate('upgradeApp', input, 'upgrades { id toVersion state components { componentId } }');
      return answer['upgrades'] as RunningHop[];
    };
    const report = async ({ id: upgradeId, components }: RunningHop): Promise<void> => {
      for (const { componentId } of components) {
        await node.mutate('reportComponentUpgrade', { appId, upgradeId, componentId, state: 'COMPLETED' });
      }
    };
    const first = await call();
    expect(first).toMatchObject([{ toVersion: '1.4', state: 'RUNNING' }]);
    expect(await call()).toEqual(first);
    for (const hop of first) await report(hop);
    const both = await call();
    expect(both).toMatchObject([
      { toVersion: '1.4', state: 'COMPLETED' },
      { toVersion: '2.0', state: 'RUNNING' },
    ]);
    for (const hop of both.slice(1)) await report(hop);
    expect(await call()).toMatchObject([{ state: 'COMPLETED' }, { state: 'COMPLETED' }]);
    expect(await hops()).toEqual(BOTH);
  });

  it('after a crash before its second hop likewise', async () => {
    let appends = 0;
    node.trouble.before = (stream) => (stream.startsWith('app-') && ++appends > 1 ? unavailable() : undefined);
    await expect(upgrade(node)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await hops()).toEqual([BOTH[0]]);
    await upgrade(second);
    expect(await hops()).toEqual(BOTH);
  });

  it('many times at once, on two nodes, makes each hop once', async () => {
    const [first, ...more] = await Promise.all([node, second, node, second].map((from) => upgrade(from)));
    for (const answer of more) expect(answer).toEqual(first);
    expect(await hops()).toEqual(BOTH);
  });

  it('goes on past what others did between its hops', async () => {
    node.trouble.after = (stream) => (stream.startsWith('app-') ? unavailable() : undefined);
    await expect(upgrade(node)).rejects.toBeInstanceOf(StoreUnavailableError);
    await component(second, appId, 'mine');
    await upgrade(second);
    expect(await hops()).toEqual(BOTH);
  });

  it('does not make a hop again that was taken back since', async () => {
    node.trouble.after = (stream) => (stream.startsWith('app-') ? unavailable() : undefined);
    await expect(upgrade(node)).rejects.toBeInstanceOf(StoreUnavailableError);
    const facts = (await factsOf(store)).filter(({ stream }) => stream === `app-${appId}`);
    const last = facts.at(-1);
    if (last?.type !== 'AppUpgraded') throw new Error('the first hop is not the last fact');
    const back = newEvent({ ...last.data, fromVersion: '1.4', toVersion: '1.0' }, 'AppUpgraded');
    await store.append(`app-${appId}`, last.revision, [back]);
    await expect(upgrade(second)).rejects.toMatchObject({
      code: 'NOT_UPGRADABLE',
      message: expect.stringContaining('this command had an upgrade to 1.4, and the installation stands at 1.0') as string,
    });
    expect(await hops()).toEqual([BOTH[0]]);
    // A command of its own may.
    await upgrade(second, 'another');
    expect(await hops()).toHaveLength(3);
  });

  it('is told apart from one hop by the same id', async () => {
    await upgrade(node);
    const one = { appId, toVersion: '1.4', commandId: 'c' };
    await expect(node.mutate('upgradeApp', one)).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
    await expect(node.mutate('upgradeApp', { ...one, commandId: 'c/hop-2' })).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });
});
