import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import { shippedWith } from '../support/projections.js';
import { EventReader } from '../support/event-reader.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { TokenDesk } from './token-desk.js';

const ASK = '{ apps { totalCount } }';
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

describe('a server whose access is by tokens', () => {
  let store: EventStore;
  let node: TestNode;
  let desk: TokenDesk;
  let now: string;

  beforeEach(async () => {
    now = '2030-01-01T00:00:00.000Z';
    const runtime = { ...systemRuntime, now: () => now };
    store = openEmbeddedStore({ path: ':memory:' });
    desk = new TokenDesk(store, runtime);
    node = await startTestNode({ store, runtime, access: 'tokens' });
  });
  afterEach(() => node.close());

  const status = async (headers: Readonly<Record<string, string>>): Promise<number> => (await node.api.with(headers).post(ASK)).status;
  const becomes = (expected: number, secret: string): Promise<void> =>
    vi.waitFor(async () => expect(await status(bearer(secret))).toBe(expected), { timeout: 5_000 });

  it('answers who sends no token 401, and says how to send one', async () => {
    const response = await node.api.post(ASK);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await response.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('Authorization: Bearer'), extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it.each([
    ['of another form', 'Bearer secret'],
    ['by another scheme', 'Basic cm9vdDpyb290'],
    ['that was never made', `Bearer rgt_${'A'.repeat(43)}`],
    ['that is very long', `Bearer rgt_${'A'.repeat(8_000)}`],
    ['that is empty', 'Bearer '],
  ])('refuses a token %s, without repeating it', async (_what, authorization) => {
    const response = await node.api.with({ authorization }).post(ASK);
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('AAAA');
  });

  it('lets in who bears a good token, and records what they do as done by it', async () => {
    const { secret, tokenId } = await desk.create({ name: 'deploy-bot' });
    await becomes(200, secret);
    await node.api.with(bearer(secret)).mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'app { id }');
    const events = await store.readAll({ after: BEFORE_FIRST });
    expect(events.find(({ type }) => type === 'AppCreated')?.metadata.actor).toEqual({ id: `deploy-bot/${tokenId}`, kind: 'SERVICE' });
  });

  it('lets a token do what its role may, and nothing else', async () => {
    const { secret } = await desk.create({ grants: [{ role: 'VIEWER', teams: ['shop'] }] });
    await becomes(200, secret);
    const refusal = await node.api.with(bearer(secret)).refuse('createApp', 'CreateAppInput', { name: 'shop' });
    expect(refusal.extensions.code).toBe('FORBIDDEN');
  });

  it('lets nobody in by a token that was revoked', async () => {
    const { secret, tokenId } = await desk.create();
    await becomes(200, secret);
    expect(await desk.revoke(tokenId)).toBe(true);
    await becomes(401, secret);
    expect(await desk.revoke(tokenId)).toBe(false);
  });

  it('lets nobody in from the moment that a token expires', async () => {
    const { secret } = await desk.create({ expiresAt: '2030-01-01T01:00:00.000Z' });
    await becomes(200, secret);
    now = '2030-01-01T00:59:59.999Z';
    expect(await status(bearer(secret))).toBe(200);
    now = '2030-01-01T01:00:00.000Z';
    expect(await status(bearer(secret))).toBe(401);
  });

  it('keeps no secret in the log', async () => {
    const { secret } = await desk.create();
    const events = JSON.stringify(await store.readAll({ after: BEFORE_FIRST }));
    expect(events).toContain('TokenCreated');
    expect(events).not.toContain(secret.slice('rgt_'.length));
  });

  it.each([
    ['a name that is none', { name: 'a b' }],
    ['no grants', { grants: [] }],
    ['a role over no team', { grants: [{ role: 'VIEWER', teams: [] }] }],
    ['a time that is past', { expiresAt: '2029-12-31T23:59:59.999Z' }],
  ] as const)('makes no token with %s', async (_what, request) => {
    await expect(desk.create(request)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('closes a socket that comes without a token, or with a bad one, with 4401', async () => {
    for (const params of [undefined, bearer('rgt_no')]) {
      const socket = await Socket.connect(node.url, {}, params);
      expect(await socket.closed()).toBe(4401);
    }
  });

  it.each(['authorization', 'Authorization'])('takes the token of a page from connection_init, as %s', async (name) => {
    const { secret } = await desk.create();
    await becomes(200, secret);
    const socket = await Socket.open(node.url, {}, { [name]: `Bearer ${secret}` });
    socket.subscribe('1', ASK);
    expect((await socket.next(({ id }) => id === '1')).payload).toEqual({ data: { apps: { totalCount: 0 } } });
    socket.terminate();
  });

  it('takes the token of a program from the header of its socket', async () => {
    const { secret } = await desk.create();
    await becomes(200, secret);
    const socket = await Socket.open(node.url, { headers: bearer(secret) });
    socket.subscribe('1', ASK);
    expect((await socket.next(({ id }) => id === '1')).type).toBe('next');
    socket.terminate();
  });

  it('ends the sockets of a token soon after it is revoked, and refuses their operations at once', async () => {
    const { secret, tokenId } = await desk.create();
    await becomes(200, secret);
    const socket = await Socket.open(node.url, {}, bearer(secret));
    const closed = socket.closed();
    await desk.revoke(tokenId);
    await becomes(401, secret);
    socket.subscribe('1', ASK);
    const { type, payload } = await socket.next(({ id }) => id === '1');
    expect([type, payload]).toEqual(['error', [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })]]);
    expect(await closed).toBe(4401);
  });

  it('asks a token of who wants a stream of events, and ends the stream for good soon after it is revoked', async () => {
    const { secret, tokenId } = await desk.create();
    await becomes(200, secret);
    const subscribe = (headers: object): Promise<Response> =>
      fetch(`${node.url}/graphql`, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: 'subscription { events { caughtUp } }' }),
      });
    const refused = await subscribe({});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const events = new EventReader(await subscribe(bearer(secret)));
    expect(await events.next()).toEqual({ data: { events: { caughtUp: true } } });
    await desk.revoke(tokenId);
    const last = { errors: [{ message: expect.stringContaining('not good any more') as string, extensions: { code: 'UNAUTHENTICATED' } }] };
    let answer = await events.next();
    // The event by which it is revoked comes before.
    while (!JSON.stringify(answer).includes('errors')) answer = await events.next();
    expect([answer, await events.next(), await events.next()]).toEqual([last, 'complete', 'cut']);
  });

  it('lets nobody in while it cannot be known which tokens are good, and says so', async () => {
    const log = openEmbeddedStore({ path: ':memory:' });
    const { secret } = await new TokenDesk(log).create();
    const stopped = shippedWith('tokens', () => {
      throw new Error('it cannot be applied');
    });
    const broken = await startTestNode({ store: log, access: 'tokens', projections: stopped });
    const response = await broken.api.with(bearer(secret)).post(ASK);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'READ_MODEL_UNAVAILABLE' } }] });
    await broken.close();
  });

  it('tells of its health without a token', async () => {
    expect((await fetch(`${node.url}/health/ready`)).status).toBe(200);
  });
});

describe('a server that is open', () => {
  it('lets everybody in', async () => {
    const node = await startTestNode();
    expect((await node.api.post(ASK)).status).toBe(200);
    await node.close();
  });
});
