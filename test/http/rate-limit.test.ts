import { afterEach, describe, expect, it, vi } from 'vitest';
import { COST_OF_ASKING } from '../../src/entrance.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { TokenDesk } from '../access/token-desk.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

const ASK = '{ __typename }';
/** What ASK costs, of one field. */
const COST = COST_OF_ASKING + 1;
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const WRONG = bearer(`rgt_${'A'.repeat(43)}`);

describe('how much may be asked for within a minute', () => {
  let node: TestNode;
  afterEach(() => node.close());

  const statusOf = async (headers: Readonly<Record<string, string>>): Promise<number> => (await node.api.with(headers).post(ASK)).status;

  describe('by each token', () => {
    const open = async (cost: number): Promise<readonly [string, string]> => {
      const store = openEmbeddedStore({ path: ':memory:' });
      const desk = new TokenDesk(store);
      const tokens = [(await desk.create({ name: 'one' })).secret, (await desk.create({ name: 'two' })).secret] as const;
      node = await startTestNode({ store, access: 'tokens', rateLimits: { cost } });
      return tokens;
    };

    it('is limited by what operations cost, and answered 429, with when to come again', async () => {
      const [one, two] = await open(3 * COST);
      const api = node.api.with(bearer(one));
      for (let time = 0; time < 3; time++) expect((await api.post(ASK)).status).toBe(200);
      const refused = await api.post(ASK);
      expect(refused.status).toBe(429);
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      const { errors } = (await refused.json()) as { errors: { message: string; extensions: object }[] };
      expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds } }]);
      expect(errors[0]?.message).toContain('try again in');
      expect(await statusOf(bearer(two))).toBe(200);
    });

    it('is used up sooner by what costs more, before it runs', async () => {
      const [one] = await open(20 * COST);
      const api = node.api.with(bearer(one));
      const wide = '{ apps(first: 100) { edges { node { components { env { name value } } } } } }';
      const statuses = [(await api.post(wide)).status, (await api.post(wide)).status, (await api.post(wide)).status];
      expect(statuses).toContain(429);
      expect((await api.post(ASK)).status).toBe(429);
    });

    it('is used up by operations that are wrong, too', async () => {
      const [one] = await open(2 * COST_OF_ASKING);
      const api = node.api.with(bearer(one));
      expect([(await api.send('{ nope')).errors?.[0]?.extensions.code, (await api.send('{ nope }')).errors?.[0]?.extensions.code]).toEqual([
        'GRAPHQL_PARSE_FAILED',
        'GRAPHQL_VALIDATION_FAILED',
      ]);
      expect((await api.post(ASK)).status).toBe(429);
    });

    it('is one for all transports: a socket is told so of each operation, and stays open', async () => {
      const [one] = await open(3 * COST);
      const socket = await Socket.open(node.url, { headers: bearer(one) });
      const ask = async (id: string): Promise<unknown> => {
        socket.subscribe(id, ASK);
        return socket.next((message) => message.id === id && message.type !== 'complete');
      };
      for (const id of ['1', '2', '3']) expect(await ask(id)).toMatchObject({ type: 'next' });
      expect(await ask('4')).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) as number } }],
      });
      expect(await statusOf(bearer(one))).toBe(429);
      expect(socket.isOpen).toBe(true);
      socket.terminate();
    });
  });

  describe('where everybody is let in', () => {
    it('is limited by address, where a limit is set', async () => {
      node = await startTestNode({ rateLimits: { cost: COST, trustedProxies: ['127.0.0.1'] } });
      const from = (address: string) => statusOf({ 'x-forwarded-for': address });
      expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.2')]).toEqual([200, 429, 200]);
    });

    it('is not limited otherwise', async () => {
      node = await startTestNode();
      const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOf({})));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });
  });

  describe('by who tries tokens', () => {
    it('is limited by address: a token that is good is not told from the others any more', async () => {
      const store = openEmbeddedStore({ path: ':memory:' });
      const { secret } = await new TokenDesk(store).create();
      node = await startTestNode({ store, access: 'tokens', rateLimits: { refusals: 3, trustedProxies: ['127.0.0.1'] } });
      const from = (address: string, headers: object) => statusOf({ 'x-forwarded-for': address, ...headers });
      for (let time = 0; time < 3; time++) expect(await from('192.0.2.1', WRONG)).toBe(401);
      expect([await from('192.0.2.1', WRONG), await from('192.0.2.1', {}), await from('192.0.2.1', bearer(secret))]).toEqual([
        429, 429, 429,
      ]);
      expect(await from('192.0.2.2', bearer(secret))).toBe(200);
    });

    it('is kept to by those who try many at once', async () => {
      node = await startTestNode({ access: 'tokens', rateLimits: { refusals: 5 } });
      const statuses = await Promise.all(Array.from({ length: 100 }, () => statusOf(WRONG)));
      expect(statuses.filter((status) => status === 401)).toHaveLength(5);
      expect(statuses.filter((status) => status === 429)).toHaveLength(95);
    });

    it('is counted over WebSocket too, whose handshakes are closed with 1013 then', async () => {
      node = await startTestNode({ access: 'tokens', rateLimits: { refusals: 2 } });
      const guess = async (): Promise<number> => (await Socket.connect(node.url, {}, WRONG)).closed();
      expect([await guess(), await guess(), await guess()]).toEqual([4401, 4401, 1013]);
      expect(await statusOf(WRONG)).toBe(429);
    });

    it('leaves sockets alone that are open', async () => {
      const store = openEmbeddedStore({ path: ':memory:' });
      const { secret } = await new TokenDesk(store).create();
      node = await startTestNode({ store, access: 'tokens', rateLimits: { refusals: 1 } });
      const socket = await Socket.open(node.url, { headers: bearer(secret) });
      socket.subscribe('events', 'subscription { events { caughtUp event { type } } }');
      await socket.next(({ id }) => id === 'events');
      expect([await statusOf(WRONG), await statusOf(WRONG)]).toEqual([401, 429]);
      await new TokenDesk(store).create({ name: 'another' });
      expect(await socket.next(({ id }) => id === 'events')).toMatchObject({ type: 'next' });
      expect(socket.isOpen).toBe(true);
      socket.terminate();
    });
  });

  it('is nothing that probes need', async () => {
    node = await startTestNode({ rateLimits: { cost: 1 } });
    await vi.waitFor(async () => expect(await statusOf({})).toBe(429));
    expect((await fetch(`${node.url}/livez`)).status).toBe(200);
  });
});
