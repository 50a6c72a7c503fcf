import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { Networks } from '../../src/webhooks/networks.js';
import { app, component } from '../commands/cases.js';
import { ApiNode, factsOf, unavailable } from '../support/nodes.js';
import { Receiver } from './receiver.js';
import { Timeline } from './timeline.js';

let store: EventStore;
let time: Timeline;
let receiver: Receiver;
const nodes: ApiNode[] = [];

beforeEach(async () => {
  store = openEmbeddedStore({ path: ':memory:' });
  time = new Timeline();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
  await store.close();
  await receiver.stop();
});

async function open(options: { deliver?: boolean; shared?: boolean } = {}): Promise<ApiNode> {
  const webhooks = { networks: Networks.allowing(['127.0.0.0/8']), plainHttp: true, deliver: true, clock: time, ...options };
  const node = await ApiNode.open(store, { runtime: time.runtime, webhooks });
  nodes.push(node);
  return node;
}

async function close(node: ApiNode): Promise<void> {
  nodes.splice(nodes.indexOf(node), 1);
  await node.close();
}

/** The node goes away as by a power cut: nothing that it wants to write comes to the log any more. */
async function crash(node: ApiNode): Promise<void> {
  node.trouble.before = unavailable;
  await close(node);
}

const register = (node: ApiNode, input: object = {}) => node.mutate('registerWebhook', { url: receiver.url, ...input }, 'webhook { id }');
const received = (n: number) => vi.waitFor(() => expect(receiver.messages.length).toBeGreaterThanOrEqual(n), { timeout: 5_000 });
const recorded = async (type: string) => (await factsOf(store)).filter((event) => event.type === type);

const passing = (seconds: number, isSo: () => boolean | Promise<boolean>): Promise<void> => time.passUntil(isSo, seconds);

/** Of a stream, each event was accepted, and none was sent before the one that it follows was. */
function expectInOrder(subject: string, last: number): void {
  let accepted = -1;
  for (const { event, status } of receiver.messages.filter((message) => message.event.subject === subject)) {
    expect(event.revision).toBeLessThanOrEqual(accepted + 1);
    if (status === 204) accepted = Math.max(accepted, event.revision);
  }
  expect(accepted).toBe(last);
}

describe('a node that stops', () => {
  it('records how far it has come, so that nothing is sent twice', async () => {
    const node = await open();
    await register(node);
    const appId = await app(node, 'shop');
    await received(1);
    await close(node);
    const next = await open();
    await component(next, appId, 'web');
    await received(2);
    expect(receiver.messages.map(({ event }) => event.revision)).toEqual([0, 1]);
  });

  it('gives up an attempt that hangs, and the next one makes it again', async () => {
    const node = await open();
    await register(node);
    receiver.behaviour = () => () => undefined;
    await app(node, 'shop');
    await received(1);
    await close(node);
    receiver.behaviour = () => 204;
    await open();
    await received(2);
    expect(new Set(receiver.messages.map(({ event }) => event.id)).size).toBe(1);
  });
});

describe('a node that crashes between sending and recording', () => {
  it('leaves what it sent to be sent again, in order, and loses nothing', async () => {
    const node = await open();
    await register(node);
    const appId = await app(node, 'shop');
    for (const key of ['a', 'b', 'c']) await component(node, appId, key);
    await received(4);
    expect(await recorded('WebhookProgressed')).toEqual([]);
    await crash(node);
    const next = await open();
    await component(next, appId, 'd');
    await received(9);
    expectInOrder(`app-${appId}`, 4);
  });

  it('also while events fail: attempts that were recorded count', async () => {
    const node = await open();
    await register(node);
    receiver.behaviour = () => 500;
    const appId = await app(node, 'shop');
    await component(node, appId, 'web');
    await passing(1, async () => (await recorded('WebhookProgressed')).length > 0);
    await crash(node);
    receiver.behaviour = () => 204;
    await open();
    await passing(1, () => receiver.types().includes('ComponentAdded'));
    expectInOrder(`app-${appId}`, 1);
  });

  it('many times, to a receiver that fails a third of the time: each event arrives, in the order of its stream', async () => {
    let asked = 0;
    receiver.behaviour = () => (asked++ % 3 === 1 ? 500 : 204);
    let node = await open();
    await register(node);
    const apps = [await app(node, 'one'), await app(node, 'two')];
    for (let round = 0; round < 4; round++) {
      for (const appId of apps) for (const n of [1, 2, 3]) await component(node, appId, `c${round}-${n}`);
      const before = receiver.messages.length;
      await passing(1, () => receiver.messages.length > before);
      await crash(node);
      node = await open();
    }
    const isDone = (appId: string) =>
      receiver.messages.some(({ event, status }) => event.subject === `app-${appId}` && event.revision === 12 && status === 204);
    await passing(5, () => apps.every(isDone));
    for (const appId of apps) expectInOrder(`app-${appId}`, 12);
  });
});

describe('several nodes over one log', () => {
  it('deliver once: one holds the lease, and another takes it when that one stops', async () => {
    const [one, two] = [await open({ shared: true }), await open({ shared: true })];
    await register(one);
    const appId = await app(two, 'shop');
    await passing(5, () => receiver.messages.length === 1);
    await close(one);
    await component(two, appId, 'web');
    await passing(5, () => receiver.messages.length >= 2);
    await close(two);
    expect(receiver.messages.map(({ event }) => event.revision)).toEqual([0, 1]);
  });

  it('another takes it when the holder crashed, once it was silent for longer than it may be', async () => {
    const one = await open({ shared: true });
    await register(one);
    await app(one, 'first');
    await passing(5, () => receiver.messages.length === 1);
    const two = await open({ shared: true });
    await crash(one);
    await app(two, 'second');
    const began = time.now();
    await passing(5, () => receiver.messages.some(({ body }) => body.includes('"second"')));
    expect(time.now() - began).toBeGreaterThanOrEqual(90_000);
  });

  it('a holder that cannot write stops delivering', async () => {
    const one = await open({ shared: true });
    await register(one, { types: ['AppCreated'] });
    const two = await open({ deliver: false });
    await app(two, 'first');
    await passing(5, () => receiver.messages.length === 1);
    one.trouble.before = unavailable;
    for (let passed = 0; passed < 14; passed++) {
      time.advance(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await app(two, 'second');
    await one.backend.readModels.waitFor(await store.head(), { timeoutMs: 5_000 });
    expect(receiver.messages).toHaveLength(1);
    one.trouble.before = undefined;
    await passing(5, () => receiver.messages.some(({ body }) => body.includes('"second"')));
  });
});
