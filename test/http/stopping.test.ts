import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EventReader } from '../support/event-reader.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';

/** Well under what a client could make the server wait for: it waits ten seconds for requests that run, and for nothing else. */
const AT_ONCE_MS = 4_000;

describe('stopping', () => {
  const clients: { terminate(): void }[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.terminate();
  });

  async function connectTo(server: TestServer): Promise<TcpSocket> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    clients.push({ terminate: () => socket.destroy() });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** A whole request: once it is answered, the server knows the connection. */
  async function ask(socket: TcpSocket): Promise<void> {
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
  }

  function closeOf(socket: TcpSocket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  async function stream({ url }: TestServer, query: string, variables: object = {}): Promise<EventReader> {
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    return new EventReader(await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) }));
  }

  async function stopAtOnce(server: TestServer): Promise<void> {
    const started = performance.now();
    await server.close();
    expect(performance.now() - started).toBeLessThan(AT_ONCE_MS);
  }

  it('does not wait for a connection that has sent nothing', async () => {
    const server = await startTestServer();
    const socket = await connectTo(server);
    const closed = closeOf(socket);
    await stopAtOnce(server);
    await closed;
  });

  it('does not wait for a connection that is kept for the next request', async () => {
    const server = await startTestServer();
    const socket = await connectTo(server);
    await ask(socket);
    const closed = closeOf(socket);
    await stopAtOnce(server);
    await closed;
  });

  it.each([
    ['head', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-'],
    ['body', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query": "{ po'],
  ])('does not wait for the rest of a %s', async (_part, text) => {
    const server = await startTestServer();
    const socket = await connectTo(server);
    await ask(socket);
    const closed = closeOf(socket);
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    await stopAtOnce(server);
    await closed;
  });

  it('does not wait for a WebSocket that does not read', async () => {
    const server = await startTestServer();
    const socket = await Socket.open(server.url);
    clients.push(socket);
    socket.subscribe('1', 'subscription { events(from: BEGINNING) { caughtUp } }');
    await socket.next(({ id }) => id === '1');
    socket.pause();
    await stopAtOnce(server);
  });

  it('does not wait for a stream of events that is not read', async () => {
    const server = await startTestServer();
    const socket = await connectTo(server);
    const body = JSON.stringify({ query: 'subscription { events(from: BEGINNING) { caughtUp } }' });
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    socket.write(`${head}\r\n\r\n${body}`);
    await once(socket, 'data');
    socket.pause();
    await stopAtOnce(server);
  });

  it('ends subscriptions at once, and tells their clients to go on elsewhere or later', async () => {
    const server = await startTestServer();
    const query = 'subscription { events { caughtUp } }';
    const socket = await Socket.open(server.url);
    clients.push(socket);
    socket.subscribe('1', query);
    await socket.next(({ id }) => id === '1');
    const farewell = socket.farewell();
    const events = await stream(server, query);
    await events.next();
    await stopAtOnce(server);
    expect(await farewell).toEqual({ code: 1001, reason: 'Going away: subscribe again after the last position that you have' });
    expect(await events.next()).toBe('cut');
    expect(events.comments).toContain('the server stops: subscribe again after the last position that you have');
  });

  it('answers requests that have arrived, over HTTP, WebSocket and Server-Sent Events, and takes no more', async () => {
    let release: () => void = () => undefined;
    let [checks, allCheck] = [0, (): void => undefined];
    const released = new Promise<void>((resolve) => (release = resolve));
    const checking = new Promise<void>((resolve) => (allCheck = resolve));
    const server = await startTestServer({
      check: async () => {
        checks += 1;
        if (checks === 3) allCheck();
        await released;
      },
    });
    const publish = async (name: string): Promise<readonly [string, object]> => {
      const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id }');
      const component = { appId: app.id, component: { key: 'web' } };
      await server.api.mutate('addComponent', 'AddComponentInput', component, 'position');
      return [
        'mutation ($i: PublishTemplateInput!) { publishTemplate(input: $i) { release { state } } }',
        { i: { appId: app.id, name, version: '1' } },
      ];
    };
    const overHttp = server.api.ask(...(await publish('one')));
    const socket = await Socket.open(server.url);
    clients.push(socket);
    socket.subscribe('1', ...(await publish('two')));
    const events = stream(server, ...(await publish('three')));
    await checking;

    const closed = socket.closed();
    const stopped = server.close();
    // It takes no more connections as soon as it stops.
    for (let taken = true; taken;)
      taken = await fetch(`${server.url}/health/live`).then(
        () => true,
        () => false,
      );
    release();
    expect(await overHttp).toEqual({ publishTemplate: { release: { state: 'PUBLISHED' } } });
    expect(await socket.next(({ id }) => id === '1')).toMatchObject({
      payload: { data: { publishTemplate: { release: { state: 'PUBLISHED' } } } },
    });
    const overEvents = await events;
    expect([await overEvents.next(), await overEvents.next()]).toEqual([
      { data: { publishTemplate: { release: { state: 'PUBLISHED' } } } },
      'complete',
    ]);
    await stopped;
    expect(await closed).toBe(1001);
  });
});
