import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LogLines } from '../support/log-lines.js';
import { startTestServer, type TestServer } from '../support/server.js';

type Line = ReturnType<LogLines['about']>[number];

describe('the log of requests', () => {
  const log = new LogLines();
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ logger: log.logger });
  });
  afterAll(() => server.close());

  /** The line of a request, which may come after its answer. */
  const lineOf = (requestId: string | null): Promise<Line> =>
    vi.waitFor(() => {
      const [line, ...more] = log.about('operation').filter((each) => each['requestId'] === requestId);
      if (!line) throw new Error('no line yet');
      expect(more).toEqual([]);
      return line;
    });

  const idOf = (response: Response): string | null => response.headers.get('x-request-id');

  it('has one line for each operation: what it was, who asked, how it ended, how long it took', async () => {
    const response = await server.api
      .with({
        'x-request-id': 'gateway-17',
        'x-correlation-id': 'order-4',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      })
      .post('query Where { position }');
    expect(idOf(response)).toBe('gateway-17');
    expect(await lineOf('gateway-17')).toEqual({
      level: 30,
      time: expect.any(Number),
      pid: expect.any(Number),
      hostname: expect.any(String),
      requestId: 'gateway-17',
      correlationId: 'order-4',
      transport: 'http',
      type: 'query',
      operation: 'Where',
      status: 200,
      ms: expect.any(Number),
      actor: 'local',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      msg: 'operation',
    });
  });

  it.each(['', 'two words', 'x'.repeat(101), '<script>'])('makes an id for a request whose own is not well-formed: %s', async (given) => {
    const id = idOf(await server.api.with({ 'x-request-id': given }).post('{ position }'));
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(await lineOf(id)).toMatchObject({ correlationId: id });
  });

  it('goes by the id of the request where nothing else is said: events that come of it have it, too', async () => {
    const created = await server.api.with({ 'x-request-id': 'make-1' }).post('mutation { createApp(input: { name: "x" }) { app { id } } }');
    const { data } = (await created.json()) as { data: { createApp: { app: { id: string } } } };
    const { history } = await server.api.ask('query ($id: ID!) { history(filter: { appId: $id }) { edges { node { correlationId } } } }', {
      id: data.createApp.app.id,
    });
    expect(history.edges[0].node.correlationId).toBe('make-1');
  });

  it('names the codes of what is refused, also before it is an operation', async () => {
    const { api, url } = server;
    const refused = await api.post('mutation { deleteApp(input: { appId: "none" }) { position } }');
    expect(await lineOf(idOf(refused))).toMatchObject({ operation: '{deleteApp}', codes: ['NOT_FOUND'], status: 200 });
    const broken = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    expect(await lineOf(idOf(broken))).toMatchObject({ codes: ['BAD_REQUEST'], status: 400 });
    const unseen = await api.with({ 'regraft-min-position': 'nonsense' }).post('{ position }');
    expect(await lineOf(idOf(unseen))).toMatchObject({ codes: ['POSITION_UNKNOWN'] });
  });

  it('tells of a client that is gone before its answer', async () => {
    const body = JSON.stringify({ query: 'mutation Gone { createApp(input: { name: "gone" }) { position } }' });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: gone-1\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 1}`;
    socket.write(`${head}\r\n\r\n${body}`, () => socket.destroy());
    expect(await lineOf('gone-1')).toMatchObject({ codes: ['CLIENT_GONE'], status: 499 });
  });

  it('has a line for each operation of a socket, a subscription when it ends', async () => {
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    await client.iterate({ query: 'query OnSocket { position }' }).next();
    const stream = client.iterate({ query: 'subscription OnSocket { events(from: BEGINNING) { position } }' });
    await stream.next();
    await expect(client.iterate({ query: 'query NoSuch { nope }' }).next()).rejects.toMatchObject([
      { message: expect.stringContaining('nope') },
    ]);
    const lines = (): readonly Line[] => log.about('operation').filter(({ transport }) => transport === 'websocket');
    await vi.waitFor(() => expect(lines()).toHaveLength(2));
    await stream.return?.();
    await vi.waitFor(() => expect(lines()).toHaveLength(3));
    expect(lines()).toMatchObject([
      { type: 'query', operation: 'OnSocket', actor: 'local' },
      { codes: ['GRAPHQL_VALIDATION_FAILED'] },
      { type: 'subscription', operation: 'OnSocket' },
    ]);
    expect(new Set(lines().map(({ requestId }) => requestId)).size).toBe(3);
    await client.dispose();
  });
});

describe('secrets', () => {
  const SECRET = 'planted-s3cret-4711';
  const log = new LogLines('trace');
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ logger: log.logger }, {}, { metrics: { host: '127.0.0.1', port: 0 } });
  });
  afterAll(() => server.close());

  it('are in no line of the log, at any level, wherever they come in', async () => {
    const { url } = server;
    const api = server.api.with({ authorization: `Bearer ${SECRET}`, cookie: `session=${SECRET}`, 'x-api-key': SECRET });
    const { app } = await api.mutate('createApp', 'CreateAppInput', { name: 'keeps secrets' }, 'app { id }');
    const component = { key: 'web', env: [{ name: 'PASSWORD', value: SECRET, secret: true }] };
    await api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component }, 'position');
    // Refused by type, by rule, by a resolver, by the parser, and as a whole.
    await api.send('mutation ($input: AddComponentInput!) { addComponent(input: $input) { position } }', { input: SECRET });
    await api.send('mutation ($input: AddComponentInput!) { addComponent(input: $input) { position } }', {
      input: { appId: app.id, component },
    });
    await api.send(`{ app(id: "${SECRET}") { id } `);
    await api.send(`{ app(id: "${SECRET}") { ${SECRET.replaceAll('-', '_')} } }`);
    await fetch(`${url}/graphql?query=${encodeURIComponent(`{ app(id: "${SECRET}") { id } }`)}&variables={"a":"${SECRET}"}`, {
      headers: { 'apollo-require-preflight': 'x', authorization: SECRET },
    });
    await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{ "query": ${SECRET}` });
    await fetch(`${url}/${SECRET}?${SECRET}`, { headers: { authorization: SECRET } });
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${SECRET}` },
    });
    await client.iterate({ query: 'query ($id: ID!) { app(id: $id) { id } }', variables: { id: SECRET } }).next();
    await client.dispose();
    await vi.waitFor(() => expect(log.about('operation').length).toBeGreaterThanOrEqual(9));
    expect(log.text).not.toContain(SECRET);
    expect(await (await fetch(server.metricsUrl ?? '')).text()).not.toContain(SECRET);
  });

  it('are not in the log where they let nobody in', async () => {
    const guarded = await startTestServer({ logger: log.logger }, {}, { access: 'tokens' });
    const { api } = guarded;
    for (const authorization of [`Bearer ${SECRET}`, `Bearer rgt_${SECRET}`, SECRET]) {
      const response = await api.with({ authorization, 'x-request-id': 'not-let-in' }).post('{ position }');
      expect(response.status).toBe(401);
    }
    await guarded.close();
    expect(log.about('operation').filter(({ requestId }) => requestId === 'not-let-in')).toMatchObject(
      Array(3).fill({ codes: ['UNAUTHENTICATED'], status: 401 }),
    );
    expect(log.text).not.toContain(SECRET);
  });

  it('are not in what a library hangs on an error', () => {
    const error = Object.assign(new Error('refused'), {
      request: { headers: { authorization: SECRET } },
      cause: Object.assign(new Error('deeper'), { token: SECRET }),
    });
    const req = { method: 'GET', url: `/?token=${SECRET}`, headers: { authorization: SECRET } };
    log.logger.error({ err: error, req }, 'a library failed');
    expect(log.about('a library failed')).toMatchObject([
      { err: { type: 'Error', message: 'refused', cause: { message: 'deeper' } }, req: { method: 'GET' } },
    ]);
    expect(log.text).not.toContain(SECRET);
  });
});
