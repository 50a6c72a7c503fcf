import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { print } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { EventReader } from '../support/event-reader.js';

const ASK = { accept: 'text/event-stream', 'content-type': 'application/json' };

/** By Node's own client: fetch does not let a Host be set. */
function sendAs(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: 'POST', headers }, (answer) => {
      json(answer).then((answered) => resolve({ status: answer.statusCode, body: answered }), reject);
    });
    sent.end(body);
  });
}

describe('GraphQL over Server-Sent Events', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${server.url}/graphql`, { method: 'POST', headers: { ...ASK, ...headers }, body: JSON.stringify(body) });

  it('answers a query by one result and the word that it is complete', async () => {
    const answer = await post({ query: '{ __typename }' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(answer.headers.get('regraft-position')).toMatch(/^\w+\./);
    const expected = print({ event: 'next', data: { data: { __typename: 'Query' } } }) + print({ event: 'complete', data: null });
    expect(await answer.text()).toBe(`:\n\n${expected}`);
  });

  it('runs a mutation', async () => {
    const query = 'mutation ($input: CreateAppInput!) { createApp(input: $input) { app { name } } }';
    const answer = await post({ query, variables: { input: { name: 'streamed' } } });
    expect(await answer.text()).toContain('{"data":{"createApp":{"app":{"name":"streamed"}}}}');
  });

  it('sends the events of a subscription as they come', async () => {
    const events = new EventReader(await post({ query: 'subscription { events { event { type } } }' }));
    expect(await events.next()).toEqual({ data: { events: { event: null } } });
    await server.api.mutate('createApp', 'CreateAppInput', { name: 'while streaming' }, 'position');
    expect(await events.next()).toEqual({ data: { events: { event: { type: 'AppCreated' } } } });
    await events.cancel();
  });

  describe('a document that is wrong', () => {
    it.each([
      ['cannot be parsed', '{ nope', {}, 'GRAPHQL_PARSE_FAILED'],
      ['asks for what is not there', '{ nope }', {}, 'GRAPHQL_VALIDATION_FAILED'],
      ['has too many aliases', `{ ${Array.from({ length: 501 }, (_, at) => `a${at}: position`).join(' ')} }`, {}, 'QUERY_TOO_COMPLEX'],
      ['does not say which of two it is', 'query A { position } query B { position }', {}, 'OPERATION_RESOLUTION_FAILURE'],
      ['has a variable of another type', 'query ($n: Int) { apps(first: $n) { totalCount } }', { n: 'many' }, 'BAD_USER_INPUT'],
      ['starts after what is no position', 'subscription { events(after: "x.1") { position } }', {}, 'POSITION_UNKNOWN'],
    ])('because it %s is told so in the stream, like over HTTP', async (_what, query, variables, code) => {
      const events = new EventReader(await post({ query, variables }));
      const result = await events.next();
      expect(result).toMatchObject({ errors: [{ extensions: { code } }] });
      expect(await events.next()).toBe('complete');
      if (!query.startsWith('subscription')) {
        const { errors } = await server.api.send(query, variables);
        expect(result).toMatchObject({ errors });
      }
    });
  });

  describe('a request that is not run', () => {
    it.each([
      ['has no query', {}, {}, 400, 'BAD_REQUEST'],
      ['is a batch', [{ query: '{ position }' }], {}, 400, 'BAD_REQUEST'],
      ['has a query that is no text', { query: 1 }, {}, 400, 'BAD_REQUEST'],
      ['goes to another host', { query: '{ position }' }, { host: 'elsewhere.example' }, 403, 'FORBIDDEN'],
      [
        'could come from a page of another site',
        { query: '{ position }' },
        { 'content-type': 'text/plain' },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
    ])('because it %s is answered by a status', async (_what, body, headers, status, code) => {
      const answer = await sendAs(server.url, { ...ASK, ...headers }, JSON.stringify(body));
      expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
    });

    it('is a GET that a page of another site could send', async () => {
      const url = `${server.url}/graphql?query=${encodeURIComponent('{position}')}`;
      const refused = await fetch(url, { headers: { accept: ASK.accept } });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
      const allowed = await fetch(url, { headers: { accept: ASK.accept, 'apollo-require-preflight': '1' } });
      expect(await new EventReader(allowed).next()).toMatchObject({ data: { position: expect.any(String) as string } });
    });

    it('is a mutation by GET', async () => {
      const query = encodeURIComponent('mutation { createApp(input: { name: "got" }) { position } }');
      const answer = await fetch(`${server.url}/graphql?query=${query}`, {
        headers: { accept: ASK.accept, 'apollo-require-preflight': '1' },
      });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] });
    });
  });

  it('answers a client that reads JSON, too, with JSON', async () => {
    const answer = await post({ query: '{ __typename }' }, { accept: 'application/json, text/event-stream' });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
