import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendOptions } from '../../src/backend.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import type { EventStore } from '../../src/store/event-store.js';
import { Networks } from '../../src/webhooks/networks.js';
import { app, component } from '../commands/cases.js';
import { ApiNode } from '../support/nodes.js';
import { Receiver } from './receiver.js';
import { Timeline } from './timeline.js';

const DAY = 24 * 60 * 60;

let store: EventStore;
let time: Timeline;
let node: ApiNode;
let receiver: Receiver;

const open = (more: Partial<NonNullable<BackendOptions['webhooks']>> = {}): Promise<ApiNode> =>
  ApiNode.open(store, {
    runtime: time.runtime,
    webhooks: { networks: Networks.allowing(['127.0.0.0/8']), plainHttp: true, deliver: true, clock: time, ...more },
  });

beforeEach(async () => {
  store = openEmbeddedStore({ path: ':memory:' });
  time = new Timeline();
  receiver = await Receiver.start();
  node = await open();
});
afterEach(async () => {
  await node.close();
  await store.close();
  await receiver.stop();
});

interface Shown {
  readonly id: string;
  readonly disabledReason: string | null;
  readonly disabledMessage: string | null;
  readonly heldStreams: number;
  readonly failingSince: string | null;
  readonly deliveries: { readonly edges: readonly { readonly node: { readonly attempt: number; readonly status: number | null } }[] };
}

async function register(input: object = {}): Promise<{ id: string; secret: string }> {
  const { webhook, secret } = await node.mutate('registerWebhook', { url: receiver.url, ...input }, 'webhook { id } secret');
  return { id: (webhook as { id: string }).id, secret: secret as string };
}

async function show(id: string): Promise<Shown> {
  await node.backend.readModels.waitFor(await store.head(), { timeoutMs: 5_000 });
  const source = `query ($id: ID!) { webhook(id: $id) { id disabledReason disabledMessage heldStreams failingSince
    deliveries(first: 50) { edges { node { attempt status problem message delivered messageId } } } } }`;
  return (await node.ask(source, { id }))['webhook'] as Shown;
}

const passing = (seconds: number, isSo: () => boolean | Promise<boolean>): Promise<void> => time.passUntil(isSo, seconds);

const count = (n: number) => vi.waitFor(() => expect(receiver.messages.length).toBeGreaterThanOrEqual(n), { timeout: 5_000 });

describe('deliveries', () => {
  it('are signed CloudEvents of what happened after the webhook was registered, that its library verifies', async () => {
    const before = await app(node, 'before');
    const { secret } = await register();
    const appId = await app(node, 'shop');
    await component(node, appId, 'web');
    await component(node, before, 'db');
    await count(3);
    expect(receiver.types(`app-${appId}`)).toEqual(['AppCreated', 'ComponentAdded']);
    expect(receiver.types(`app-${before}`)).toEqual(['ComponentAdded']);
    const [message] = receiver.messages;
    const headers = message?.headers as Record<string, string>;
    // The library looks at the clock of the machine, the timestamp is of the test's.
    vi.useFakeTimers({ now: time.now(), toFake: ['Date'] });
    expect(new Webhook(secret).verify(message?.body ?? '', headers)).toMatchObject({ specversion: '1.0', type: 'AppCreated' });
    expect(() => new Webhook(`whsec_${'A'.repeat(44)}`).verify(message?.body ?? '', headers)).toThrow();
    vi.useRealTimers();
  });

  it('are of what the webhook asks for, from where it says', async () => {
    const one = await app(node, 'one');
    const other = await app(node, 'other');
    await component(node, one, 'web');
    await component(node, other, 'web');
    await register({ from: 'BEGINNING', appId: one, types: ['ComponentAdded'] });
    await component(node, one, 'db');
    await count(2);
    expect(receiver.messages.map(({ event }) => [event.subject, event.type])).toEqual([
      [`app-${one}`, 'ComponentAdded'],
      [`app-${one}`, 'ComponentAdded'],
    ]);
  });

  it('are of what its team may read, and of nothing of other teams or of the server', async () => {
    await register({ team: 'mine', from: 'BEGINNING' });
    await node.mutate('createApp', { name: 'theirs', team: 'theirs' });
    await node.mutate('createApp', { name: 'mine', team: 'mine' });
    await count(1);
    expect(receiver.messages.map(({ event }) => event.type)).toEqual(['AppCreated']);
    expect(receiver.messages[0]?.body).toContain('"team":"mine"');
  });
});

describe('a delivery that fails', () => {
  it('holds the rest of its stream, in order, and no other stream', async () => {
    const failing = await app(node, 'failing');
    await register();
    receiver.behaviour = ({ event }) => (event.subject === `app-${failing}` ? 500 : 204);
    await component(node, failing, 'web');
    await component(node, failing, 'db');
    const other = await app(node, 'other');
    await component(node, other, 'web');
    await count(3);
    expect(receiver.types(`app-${failing}`)).toEqual(['ComponentAdded']);
    expect(receiver.types(`app-${other}`)).toEqual(['AppCreated', 'ComponentAdded']);
    receiver.behaviour = () => 204;
    await passing(1, () => receiver.types(`app-${failing}`).length === 3);
    const revisions = receiver.messages.filter(({ event }) => event.subject === `app-${failing}`).map(({ event }) => event.revision);
    expect(revisions).toEqual([1, 1, 2]);
  });

  it('is tried again with growing pauses, and as late as the receiver asks', async () => {
    const { id } = await register({ types: ['AppCreated'] });
    receiver.behaviour = () => (response) => response.writeHead(429, { 'retry-after': '7200' }).end('slow down');
    await app(node, 'shop');
    await count(1);
    await passing(1, async () => (await show(id)).heldStreams === 1);
    time.advance(7_000);
    expect((await show(id)).deliveries.edges).toMatchObject([{ node: { attempt: 1, status: 429, message: 'slow down' } }]);
    receiver.behaviour = () => 503;
    time.advance(200);
    await count(2);
    // The second pause is five minutes.
    await passing(1, async () => (await show(id)).deliveries.edges.length === 2);
    time.advance(200);
    receiver.behaviour = () => 200;
    await passing(10, async () => (await show(id)).heldStreams === 0);
    expect((await show(id)).deliveries.edges.map(({ node: { attempt, status } }) => [attempt, status])).toEqual([
      [3, 200],
      [2, 503],
      [1, 429],
    ]);
  });

  it('disables the webhook after three days, with an event; enabled again, it goes on with what waited', async () => {
    const { id } = await register({ types: ['AppCreated'] });
    receiver.behaviour = () => 500;
    await app(node, 'shop');
    await passing(DAY, async () => (await show(id)).disabledReason === 'FAILING');
    expect(receiver.messages).toHaveLength(10);
    receiver.behaviour = () => 204;
    await app(node, 'meanwhile');
    await node.mutate('enableWebhook', { webhookId: id });
    await count(12);
    expect(new Set(receiver.messages.map(({ event }) => event.id)).size).toBe(2);
    expect(await show(id)).toMatchObject({ disabledReason: null });
  });

  it('with 410 disables it at once', async () => {
    const { id } = await register();
    receiver.behaviour = () => 410;
    await app(node, 'shop');
    await vi.waitFor(async () => expect(await show(id)).toMatchObject({ disabledReason: 'GONE' }));
    expect(receiver.messages).toHaveLength(1);
  });

  it('is one that is redirected, too', async () => {
    const { id } = await register();
    receiver.behaviour = () => (response) => response.writeHead(302, { location: receiver.url }).end();
    await app(node, 'shop');
    await passing(1, async () => (await show(id)).heldStreams === 1);
    expect(receiver.messages).toHaveLength(1);
  });

  it('takes no memory for what waits: the log has it', async () => {
    const failing = await app(node, 'failing');
    await register();
    receiver.behaviour = () => 500;
    for (let n = 0; n < 150; n++) await component(node, failing, `c${n}`);
    await count(1);
    receiver.behaviour = () => 204;
    await passing(1, () => receiver.messages.length >= 151);
    const revisions = receiver.messages.map(({ event }) => event.revision);
    expect(revisions).toEqual([1, ...Array.from({ length: 150 }, (_, n) => n + 1)]);
  });
});
