import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventReader } from '../support/event-reader.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';

const EVENTS = 'subscription { events { caughtUp } }';

describe('what one client may have', () => {
  let server: TestServer;
  afterEach(() => server.close());

  const stream = (query: string, variables: object = {}): Promise<Response> =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });

  describe('of subscriptions', () => {
    const refused = { errors: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', limit: 2 } }] };

    it('is counted over all its connections and both protocols, and is free again once one ends', async () => {
      server = await startTestServer({}, { subscriptionsPerClient: 2 });
      const [one, other] = [await Socket.open(server.url), await Socket.open(server.url)];
      one.subscribe('1', EVENTS);
      await one.next(({ id }) => id === '1');
      const events = new EventReader(await stream(EVENTS));
      await events.next();

      other.subscribe('2', EVENTS);
      expect(await other.next(({ id }) => id === '2')).toMatchObject({ type: 'next', payload: refused });
      expect(await other.next(({ id }) => id === '2')).toMatchObject({ type: 'complete' });
      const enough = new EventReader(await stream(EVENTS));
      expect([await enough.next(), await enough.next()]).toMatchObject([refused, 'complete']);

      one.complete('1');
      // What it sends next is looked at when that is done.
      one.subscribe('3', '{ __typename }');
      await one.next(({ id }) => id === '3');
      other.subscribe('4', EVENTS);
      expect(await other.next(({ id }) => id === '4')).toMatchObject({ payload: { data: { events: { caughtUp: true } } } });
      for (const socket of [one, other]) socket.terminate();
      await events.cancel();
    });

    it('is free again once a connection is lost', async () => {
      server = await startTestServer({}, { subscriptionsPerClient: 1 });
      for (let times = 0; times < 3; times++) {
        const socket = await Socket.open(server.url);
        socket.subscribe('1', EVENTS);
        expect(await socket.next(({ id }) => id === '1')).toMatchObject({ payload: { data: { events: { caughtUp: true } } } });
        socket.close();
        await socket.closed();
      }
    });
  });

  describe('of time', () => {
    const overHttp = (query: string, variables: object): Promise<unknown> => server.api.send(query, variables);
    const overWebSocket = async (query: string, variables: object): Promise<unknown> => {
      const socket = await Socket.open(server.url);
      socket.subscribe('1', query, variables);
      const { payload } = await socket.next(({ id }) => id === '1');
      socket.terminate();
      return payload;
    };
    const overEvents = async (query: string, variables: object): Promise<unknown> => new EventReader(await stream(query, variables)).next();

    it.each([
      ['HTTP', overHttp],
      ['WebSocket', overWebSocket],
      ['Server-Sent Events', overEvents],
    ])('is bounded over %s: what takes longer is answered, and what was begun comes to its end', async (_protocol, send) => {
      // Publishing waits for its release, here for a check that takes long.
      const { promise: checked, resolve: finish } = Promise.withResolvers<void>();
      server = await startTestServer({ check: () => checked, publishWaitMs: 60_000 }, { operationTimeoutMs: 300 });
      const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'slow' }, 'app { id }');
      await server.api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'web' } }, 'position');
      const query = 'mutation ($publish: PublishTemplateInput!) { publishTemplate(input: $publish) { position } }';
      expect(await send(query, { publish: { appId: app.id, name: 'slow', version: '1' } })).toMatchObject({
        data: null,
        errors: [{ message: expect.stringContaining('0.3 seconds') as string, extensions: { code: 'OPERATION_TIMEOUT' } }],
      });
      finish();
      const versions = '{ templates { edges { node { versions { edges { node { version } } } } } } }';
      await vi.waitUntil(async () => {
        const { templates } = await server.api.ask(versions);
        return JSON.stringify(templates).includes('"version":"1"');
      });
    });
  });
});
