import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../support/server.js';

describe('the API over the network', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

  it('answers a broken body with 400 and JSON', async () => {
    const response = await post('{ not json');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
  });

  it('answers a document that cannot be parsed with a coded error', async () => {
    const response = await post(JSON.stringify({ query: '{ nope' }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] });
  });

  it('tells clients of application/graphql-response+json by the status, too', async () => {
    const response = await post(JSON.stringify({ query: '{ nope }' }), { accept: 'application/graphql-response+json' });
    expect(response.status).toBe(400);
  });

  it('refuses a body over 8 MiB with 413', async () => {
    const response = await post(JSON.stringify({ query: '{ position }', padding: 'x'.repeat(9 * 1024 * 1024) }));
    expect(response.status).toBe(413);
  });

  it('refuses a subscription over HTTP with 405, and says where they are served', async () => {
    const response = await post(JSON.stringify({ query: 'subscription { events { position } }' }));
    expect(response.status).toBe(405);
    expect(JSON.stringify(await response.json())).toContain('WebSocket');
  });

  it('refuses a request that a foreign page could make without asking', async () => {
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ position }')}`);
    expect(response.status).toBe(400);
  });

  it('is alive and ready', async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  it('names every problem of an input by its path', async () => {
    const error = await server.api.refuse('addComponent', 'AddComponentInput', {
      appId: 'x',
      component: { key: 'not a key', ports: [{ containerPort: 70_000 }] },
    });
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    const paths = (error.extensions['problems'] as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['component.key', 'component.ports.0.containerPort']);
  });

  it('gives a subscriber what came after a position, then what comes, without a gap or a repetition', async () => {
    const { api } = server;
    const first = await api.mutate('createApp', 'CreateAppInput', { name: 'before' }, 'position');
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'history' }, 'app { id }');
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const received: string[] = [];
    const marks: boolean[] = [];
    const stream = client.iterate<{ events: { caughtUp: boolean; event: { type: string; data: { name?: string; key?: string } } | null } }>(
      {
        query: 'subscription ($after: Position!) { events(after: $after) { caughtUp position event { type data } } }',
        variables: { after: first.position },
      },
    );
    for await (const { data } of stream) {
      const message = data?.events;
      if (message?.event) received.push(`${message.event.type} ${message.event.data.name ?? message.event.data.key ?? ''}`);
      else if (message) {
        marks.push(message.caughtUp);
        await api.mutate('createApp', 'CreateAppInput', { name: 'live' }, 'position');
        await api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'web' } }, 'position');
      }
      if (received.some((line) => line.startsWith('ComponentAdded'))) break;
    }
    await client.dispose();
    expect(marks).toEqual([true]);
    expect(received).toEqual(['AppCreated history', 'AppCreated live', 'DefinitionStored ', 'ComponentAdded web']);
  });

  it('refuses a position of another log', async () => {
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const stream = client.iterate({ query: 'subscription { events(after: "abcdefabcdef.5") { position } }' });
    const { value } = await stream.next();
    await client.dispose();
    expect(value).toMatchObject({ errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] });
  });

  it('waits for a position that a client asks to see, and refuses one that is none', async () => {
    const { position } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'seen' }, 'position');
    const seen = await post(JSON.stringify({ query: '{ apps(search: "seen") { totalCount } }' }), { 'regraft-min-position': position });
    expect(await seen.json()).toEqual({ data: { apps: { totalCount: 1 } } });
    const refused = await post(JSON.stringify({ query: '{ position }' }), { 'regraft-min-position': 'nonsense' });
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] });
  });

  it('closes subscriptions with code 1001 when it stops', async () => {
    const own = await startTestServer();
    const socket = new WebSocket(`${own.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.send(
      JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { events(from: BEGINNING) { caughtUp } }' } }),
    );
    await new Promise((resolve) => socket.once('message', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await own.close();
    expect(await closed).toBe(1001);
  });
});
