import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
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

  it('answers requests that have arrived, over HTTP and WebSocket, and takes no more', async () => {
    let release: () => void = () => undefined;
    let [checks, bothCheck] = [0, (): void => undefined];
    const released = new Promise<void>((resolve) => (release = resolve));
    const checking = new Promise<void>((resolve) => (bothCheck = resolve));
    const server = await startTestServer({
      check: async () => {
        checks += 1;
        if (checks === 2) bothCheck();
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
    await stopped;
    expect(await closed).toBe(1001);
  });
});
