import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';

const SCHEMA = '{ __schema { queryType { name } } }';

describe('the schema', () => {
  let server: TestServer;
  afterEach(() => server.close());

  it('may be asked for', async () => {
    server = await startTestServer();
    expect(await server.api.ask(SCHEMA)).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('may not be asked for where that is switched off, over any transport; names of types may', async () => {
    server = await startTestServer({}, { introspection: false });
    for (const query of [SCHEMA, '{ __type(name: "App") { name } }'])
      expect((await server.api.refusal(query)).extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const socket = await Socket.open(server.url);
    socket.subscribe('1', SCHEMA);
    const { type, payload } = await socket.next(({ id }) => id === '1');
    expect({ type, codes: (payload as readonly { extensions: { code: string } }[]).map(({ extensions }) => extensions.code) }).toEqual({
      type: 'error',
      codes: ['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED'],
    });
    socket.terminate();
    expect((await server.api.refusal('{ positio }')).message).toBe('Cannot query field "positio" on type "Query".');
    expect(await server.api.ask('{ __typename }')).toEqual({ __typename: 'Query' });
  });
});
