import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodePosition } from '../../src/store/position.js';
import { startTestNode, startTestServer, type TestServer } from '../support/server.js';
import { Socket, type Message } from '../support/socket.js';

const TOO_COMPLEX = `{ apps(first: 100) { edges { node { installations { template { installations(first: 100) {
  edges { node { app { installations { template { installations(first: 100) { totalCount } } } } } } } } } } } } }`;

describe('GraphQL over WebSocket', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  describe('who may connect', () => {
    it('is a program, which sends no Origin', async () => {
      const socket = await Socket.open(server.url);
      socket.terminate();
    });

    it('is a page of this server', async () => {
      const socket = await Socket.open(server.url, { origin: server.url });
      socket.terminate();
    });

    it.each(['https://elsewhere.example', 'http://127.0.0.1', 'http://127.0.0.1:1', 'null'])('is not a page of %s', async (origin) => {
      await expect(Socket.open(server.url, { origin })).rejects.toThrow('403');
    });
  });

  describe('an operation that is wrong', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['cannot be parsed', '{ nope', 'GRAPHQL_PARSE_FAILED'],
      ['nests too deep to be parsed', `${'{ app'.repeat(6000)} ${'}'.repeat(6000)}`, 'GRAPHQL_PARSE_FAILED'],
      ['asks for what is not there', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
      ['has more tokens than HTTP allows', `{ ${'position '.repeat(20_001)} }`, 'GRAPHQL_PARSE_FAILED'],
      ['costs too much', TOO_COMPLEX, 'QUERY_TOO_COMPLEX'],
      ['has no operation', 'fragment F on App { name }', 'GRAPHQL_VALIDATION_FAILED'],
      ['does not say which of two it is', 'query A { position } query B { position }', 'OPERATION_RESOLUTION_FAILURE'],
    ];

    it.each(cases)('that %s is told so by an error message, like over HTTP', async (_what, query, code) => {
      const socket = await Socket.open(server.url);
      socket.subscribe('1', query);
      const { type, payload } = await socket.next(({ id }) => id === '1');
      const overHttp = await server.api.send(query);
      socket.terminate();
      expect(type).toBe('error');
      expect(payload).toMatchObject([{ extensions: { code } }]);
      expect(payload).toEqual(overHttp.errors);
    });

    it.each([
      ['a variable of another type', 'query ($n: Int) { apps(first: $n) { totalCount } }', { n: 'many' }, 'BAD_USER_INPUT'],
      ['an argument out of its bounds', '{ apps(first: 101) { totalCount } }', {}, 'BAD_USER_INPUT'],
      ['what is not there', '{ upgradePlan(appId: "x", toVersion: "1.0") { fingerprint } }', {}, 'NOT_FOUND'],
    ])('because of %s is answered like over HTTP', async (_what, query, variables, code) => {
      const socket = await Socket.open(server.url);
      socket.subscribe('1', query, variables);
      const { payload } = (await socket.next(({ id }) => id === '1')) as { payload: { errors: unknown } };
      const overHttp = await server.api.send(query, variables);
      socket.terminate();
      expect(payload.errors).toMatchObject([{ extensions: { code } }]);
      expect(payload.errors).toEqual(overHttp.errors);
    });

    it('leaves the socket and its other subscriptions alone', async () => {
      const socket = await Socket.open(server.url);
      socket.subscribe('events', 'subscription { events { caughtUp event { type } } }');
      await socket.next(({ id }) => id === 'events');
      socket.subscribe('wrong', '{ nope');
      expect(await socket.next(({ id }) => id === 'wrong')).toMatchObject({ type: 'error' });
      await server.api.mutate('createApp', 'CreateAppInput', { name: 'after the error' }, 'position');
      const message = await socket.next(({ id }) => id === 'events');
      socket.terminate();
      expect(message).toMatchObject({ type: 'next', payload: { data: { events: { event: { type: 'AppCreated' } } } } });
    });
  });

  describe('a message that the protocol has no answer to', () => {
    it.each([
      ['larger than 1 MiB', JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(1024 * 1024) } }), 1009],
      ['no JSON', '{', 4400],
      ['of no type', '{"type":"nothing"}', 4400],
    ])('because it is %s closes the socket, with no more than a line in the log', async (_what, text, code) => {
      const lines = new PassThrough();
      const printed = vi.spyOn(console, 'error');
      const node = await startTestNode({}, { logger: pino({ level: 'warn' }, lines) });
      const socket = await Socket.open(node.url);
      const closed = socket.closed();
      socket.write(text);
      expect(await closed).toBe(code);
      await node.close();
      lines.end();
      const logged = (await lines.toArray()).map((line) => JSON.parse(String(line)) as object);
      const reason = 'Max payload size exceeded';
      expect(logged).toEqual(code === 1009 ? [expect.objectContaining({ reason, level: 40 })] : []);
      expect(printed).not.toHaveBeenCalled();
      printed.mockRestore();
    });
  });

  it('refuses each operation of a socket that came with a position that is none, and stays open', async () => {
    const socket = await Socket.open(server.url, { headers: { 'regraft-min-position': 'nonsense' } });
    const answers: Message[] = [];
    for (const id of ['1', '2']) {
      socket.subscribe(id, '{ position }');
      answers.push(await socket.next((message) => message.id === id));
    }
    expect(answers).toMatchObject([1, 2].map(() => ({ type: 'error', payload: [{ extensions: { code: 'POSITION_UNKNOWN' } }] })));
    expect(socket.isOpen).toBe(true);
    socket.terminate();
  });

  it('refuses to go on after a position that the log has not come to', async () => {
    const { position } = (await server.api.ask('{ position }')) as { position: string };
    const [logId = ''] = position.split('.');
    const socket = await Socket.open(server.url);
    socket.subscribe('1', 'subscription ($after: Position!) { events(after: $after) { position } }', {
      after: encodePosition(logId, 1_000_000),
    });
    const answer = await socket.next(({ id }) => id === '1');
    socket.terminate();
    expect(answer).toMatchObject({ payload: { errors: [{ extensions: { code: 'POSITION_UNKNOWN' } }] } });
  });
});
