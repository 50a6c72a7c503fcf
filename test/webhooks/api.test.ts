import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { Networks } from '../../src/webhooks/networks.js';
import { app, component } from '../commands/cases.js';
import { ApiNode, factsOf, type Answer } from '../support/nodes.js';
import { Receiver } from './receiver.js';
import { Timeline } from './timeline.js';

let store: EventStore;
let time: Timeline;
let receiver: Receiver;
let node: ApiNode;

const open = (of = store, more: object = {}): Promise<ApiNode> =>
  ApiNode.open(of, {
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

interface Registered {
  readonly webhookId: string;
  readonly secret: string;
}

async function register(input: object = {}): Promise<Registered> {
  const { webhook, secret } = await node.mutate('registerWebhook', { url: receiver.url, ...input }, 'webhook { id } secret');
  return { webhookId: (webhook as { id: string }).id, secret: secret as string };
}

const received = (n: number) => vi.waitFor(() => expect(receiver.messages.length).toBeGreaterThanOrEqual(n), { timeout: 5_000 });
const typesSince = (n: number): string[] => receiver.messages.slice(n).map(({ event }) => event.type);

const passing = (seconds: number, isSo: () => boolean | Promise<boolean>): Promise<void> => time.passUntil(isSo, seconds);

/** Which of some secrets the last message is signed by. */
function signers(secrets: readonly string[]): string[] {
  const message = receiver.messages.at(-1);
  if (!message) throw new Error('nothing came');
  const { headers, body } = message;
  const given = String(headers['webhook-signature']).split(' ');
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  return secrets.filter((secret) => given.includes(new Webhook(secret).sign(String(headers['webhook-id']), at, body)));
}

describe('the secret of a webhook', () => {
  it('is not in the log in the clear, and is shown by nothing but the mutations that make one', async () => {
    const { secret, webhookId } = await register();
    const { secret: next } = await node.mutate('rotateWebhookSecret', { webhookId }, 'secret');
    const log = JSON.stringify(await factsOf(store));
    for (const each of [secret, String(next)]) expect(log).not.toContain(each.slice('whsec_'.length));
    const { history } = await node.ask('{ history(first: 100) { edges { node { type data } } } }', {});
    const sealed = (history as { edges: { node: { type: string; data: Answer } }[] }).edges.filter(
      ({ node: { data } }) => 'ciphertext' in data,
    );
    expect(sealed.map(({ node: { type, data } }) => [type, data['ciphertext'], data['nonce']])).toEqual([
      ['WebhookRegistered', '***', '***'],
      ['WebhookSecretRotated', '***', '***'],
    ]);
  });

  it('signs beside the next one for as long as the rotation says, and then no more', async () => {
    const { webhookId, secret } = await register();
    const { secret: next } = (await node.mutate('rotateWebhookSecret', { webhookId, graceSeconds: 3600 }, 'secret')) as { secret: string };
    await app(node, 'one');
    await received(1);
    expect(signers([secret, next])).toEqual([secret, next]);
    time.advance(3600);
    await app(node, 'two');
    await received(2);
    expect(signers([secret, next])).toEqual([next]);
  });

  it('ends at once where the grace is 0, and a longer grace does not bring one back', async () => {
    const { webhookId, secret } = await register();
    const { secret: second } = (await node.mutate('rotateWebhookSecret', { webhookId, graceSeconds: 0 }, 'secret')) as { secret: string };
    const { secret: third } = (await node.mutate('rotateWebhookSecret', { webhookId }, 'secret')) as { secret: string };
    await app(node, 'one');
    await received(1);
    expect(signers([secret, second, third])).toEqual([second, third]);
  });
});

describe('by hand', () => {
  it('a webhook is tested, also one that is disabled, and a repeated command sends nothing again', async () => {
    const { webhookId } = await register();
    await node.mutate('disableWebhook', { webhookId });
    receiver.behaviour = () => (response) => response.writeHead(404).end('nobody here');
    const test = () => node.mutate('testWebhook', { webhookId, commandId: 't' }, 'delivered status problem message messageId');
    const answer = await test();
    expect(answer).toMatchObject({ delivered: false, status: 404, problem: null, message: 'nobody here' });
    expect(await test()).toEqual(answer);
    expect(typesSince(0)).toEqual(['regraft.webhook.test']);
  });

  it('an attempt that is not answered in time says so', async () => {
    await node.close();
    node = await open(store, { timeLimitMs: 50 });
    const { webhookId } = await register();
    receiver.behaviour = () => () => undefined;
    expect(await node.mutate('testWebhook', { webhookId }, 'delivered status problem')).toEqual({
      delivered: false,
      status: null,
      problem: 'TIMEOUT',
    });
  });

  it('one event is sent once more, with its id, and what its team may not read is not', async () => {
    const { webhookId } = await register({ team: 'mine', types: ['AppDeleted'] });
    const { position } = await node.mutate('createApp', { name: 'mine', team: 'mine' });
    const { position: other } = await node.mutate('createApp', { name: 'theirs', team: 'theirs' });
    const sent = await node.mutate('redeliverWebhook', { webhookId, position }, 'delivered messageId');
    expect(sent).toEqual({ delivered: true, messageId: receiver.messages[0]?.event.id });
    expect(typesSince(0)).toEqual(['AppCreated']);
    await expect(node.mutate('redeliverWebhook', { webhookId, position: other })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(receiver.messages).toHaveLength(1);
  });
});

describe('where a webhook goes on', () => {
  it('is where it is told: from the beginning, all is delivered again', async () => {
    const { webhookId } = await register();
    const appId = await app(node, 'shop');
    await component(node, appId, 'web');
    await received(2);
    const from = `${store.logId}.0`;
    await node.mutate('replayWebhook', { webhookId, after: from });
    await received(4);
    expect(typesSince(2)).toEqual(['AppCreated', 'ComponentAdded']);
    await expect(node.mutate('replayWebhook', { webhookId, after: 'other.0' })).rejects.toMatchObject({ code: 'POSITION_UNKNOWN' });
  });

  it('is past an event that fails for ever, where it is told a later place', async () => {
    const { webhookId } = await register({ types: ['ComponentAdded'] });
    receiver.behaviour = () => 500;
    const appId = await app(node, 'shop');
    const { position } = await node.mutate('addComponent', { appId, component: { key: 'poison', image: '1' } });
    await received(1);
    receiver.behaviour = ({ body }) => (body.includes('poison') ? 500 : 204);
    await node.mutate('replayWebhook', { webhookId, after: position });
    await component(node, appId, 'web');
    await received(2);
    expect(receiver.messages.map(({ event, status }) => [event.revision, status])).toEqual([
      [1, 500],
      [2, 204],
    ]);
  });

  it('is where it was, at another URL, when that is changed', async () => {
    const { webhookId } = await register();
    await app(node, 'one');
    await received(1);
    const elsewhere = await Receiver.start();
    await node.mutate('changeWebhook', { webhookId, url: elsewhere.url });
    await app(node, 'two');
    await vi.waitFor(() => expect(elsewhere.types()).toEqual(['AppCreated']));
    expect(receiver.messages).toHaveLength(1);
    await elsewhere.stop();
  });

  it('is nowhere in a copy of the log, until it is told', async () => {
    const { webhookId } = await register();
    await app(node, 'shop');
    await received(1);
    await node.close();
    const copy = openEmbeddedStore({ path: ':memory:' });
    for (const event of await store.readAll({ after: BEFORE_FIRST })) {
      await copy.importEvents(event.stream, event.revision === 0 ? 'no_stream' : event.revision - 1, [event]);
    }
    node = await open(copy);
    const { position } = await node.mutate('createApp', { name: 'of the copy' });
    await node.mutate('replayWebhook', { webhookId, after: position });
    await node.mutate('createApp', { name: 'after it' });
    await received(2);
    expect(receiver.messages.slice(1).map(({ body }) => body.includes('after it'))).toEqual([true]);
    await node.close();
    await copy.close();
    node = await open();
  });

  it('is nowhere while it is disabled, and once it is removed', async () => {
    const { webhookId } = await register();
    await node.mutate('disableWebhook', { webhookId });
    await app(node, 'while disabled');
    await node.mutate('enableWebhook', { webhookId });
    await received(1);
    await node.mutate('removeWebhook', { webhookId });
    const other = await register();
    await app(node, 'once it is removed');
    await received(2);
    await passing(5, () => receiver.messages.length >= 2);
    expect(receiver.messages).toHaveLength(2);
    expect((await node.ask('{ webhooks { totalCount edges { node { id } } } }', {}))['webhooks']).toEqual({
      totalCount: 1,
      edges: [{ node: { id: other.webhookId } }],
    });
    await expect(node.mutate('enableWebhook', { webhookId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a registration is refused', () => {
  it.each([
    [{ url: 'ftp://example.com/' }, /https/],
    [{ url: 'https://user:pw@example.com/' }, /password/],
    [{ types: ['AppCreatd'] }, /"AppCreatd"/],
    [{ types: [] }, /types/],
  ])('%j', async (input, message) => {
    await expect(register(input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) });
  });

  it('without TLS, where no networks are allowed', async () => {
    await node.close();
    node = await open(store, { networks: Networks.allowing([]), plainHttp: false });
    await expect(register()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    const { webhookId } = await register({ url: receiver.url.replace('http:', 'https:') });
    const { problem, message } = await node.mutate('testWebhook', { webhookId }, 'problem message');
    expect(problem).toBe('FORBIDDEN');
    expect(message).toContain('have the operator allow its network');
  });

  it('or a change, at another revision than the one that is meant', async () => {
    const { webhookId } = await register({ types: ['AppCreated'], description: 'portal' });
    await expect(node.mutate('changeWebhook', { webhookId, expectedRevision: 3 })).rejects.toMatchObject({ code: 'REVISION_CONFLICT' });
    const change = { webhookId, expectedRevision: 0, unset: ['TYPES', 'DESCRIPTION'] };
    expect(await node.mutate('changeWebhook', change, 'webhook { types description revision }')).toEqual({
      webhook: { types: null, description: null, revision: 1 },
    });
  });
});
