import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainStartError } from '../../src/start-error.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

const ASK = 'query Apps($first: Int) { apps(first: $first) { totalCount } }';
const CREATE = 'mutation Create($input: CreateAppInput!) { createApp(input: $input) { app { name } } }';
const EVENTS = 'subscription Events { events { caughtUp } }';
const DOCUMENTS = { 'id-of-apps': ASK, 'id-of-create': CREATE, 'id-of-events': EVENTS };
const OTHER = '{ position }';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('documents that are trusted', () => {
  const dir = mkdtempSync(join(tmpdir(), 'regraft-documents-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const write = (manifest: unknown): string => {
    const path = join(dir, 'manifest.json');
    writeFileSync(path, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
    return path;
  };
  const start = (manifest: unknown): Promise<TestNode> => startTestNode({ serving: { trustedDocuments: write(manifest) } });

  describe('of a manifest', () => {
    let node: TestNode;
    beforeAll(async () => {
      node = await start(DOCUMENTS);
    });
    afterAll(() => node.close());

    const send = async (body: object, headers: object = {}): Promise<Answer & { readonly status: number }> => {
      const response = await fetch(`${node.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      return { status: response.status, ...((await response.json()) as Answer) };
    };
    const get = async (query: Readonly<Record<string, string>>): Promise<Answer> => {
      const address = `${node.url}/graphql?${new URLSearchParams(query).toString()}`;
      return (await (await fetch(address, { headers: { 'apollo-require-preflight': '1' } })).json()) as Answer;
    };
    const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code;
    const byHash = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

    it.each([
      ['documentId', { documentId: 'id-of-apps' }],
      ['documentId, with the name of a hash before it', { documentId: 'sha256:id-of-apps' }],
      ['extensions.persistedQuery', byHash('id-of-apps')],
      ['an id and an empty text', { documentId: 'id-of-apps', query: '' }],
    ])('run by %s, with variables', async (_by, body) => {
      expect(await send({ ...body, variables: { first: 1 } })).toEqual({ status: 200, data: { apps: { totalCount: expect.any(Number) } } });
      expect(codeOf(await send({ ...body, variables: { first: 101 } }))).toBe('BAD_USER_INPUT');
    });

    it('run by GET, queries alone', async () => {
      expect(await get({ documentId: 'id-of-apps', variables: '{"first":1}' })).toMatchObject({ data: { apps: {} } });
      expect(await get({ extensions: JSON.stringify(byHash('id-of-apps').extensions) })).toMatchObject({ data: { apps: {} } });
      expect(codeOf(await get({ documentId: 'id-of-create', variables: '{"input":{"name":"x"}}' }))).toBe('BAD_REQUEST');
    });

    it('may be mutations', async () => {
      const { data } = await send({ documentId: 'id-of-create', variables: { input: { name: 'trusted' } } });
      expect(data).toEqual({ createApp: { app: { name: 'trusted' } } });
    });

    it.each([
      ['that is not listed', { documentId: 'nope' }],
      ['by a hash that is not listed', byHash('nope')],
      ['that is a key of every object', { documentId: '__proto__' }],
      ['that is not listed, for one operation of it', { documentId: 'nope', operationName: 'Apps' }],
      ['that is no text', { documentId: ['id-of-apps'] }],
      ['by a hash that is no text', byHash({ toString: 'id-of-apps' })],
    ])('do not include an id %s', async (_what, body) => {
      const answer = await send(body);
      expect(answer).toMatchObject({
        errors: [{ message: expect.stringContaining('manifest'), extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
      });
      expect(answer).not.toHaveProperty('data');
    });

    it.each([
      ['a text', { query: OTHER }],
      ['the text of one of them', { query: ASK }],
      ['a text beside an id', { query: OTHER, documentId: 'id-of-apps' }],
      ['a text that shall be remembered', { query: OTHER, ...byHash('0'.repeat(64)) }],
      ['no text and no id', { variables: {} }],
    ])('are asked for by id alone: not by %s', async (_what, body) => {
      const answer = await send(body);
      expect(codeOf(answer)).toBe('PERSISTED_QUERY_ONLY');
      expect(answer).not.toHaveProperty('data');
    });

    it('are what a client of application/graphql-response+json is told of by status 400', async () => {
      const accept = { accept: 'application/graphql-response+json' };
      expect([(await send({ query: OTHER }, accept)).status, (await send({ query: OTHER })).status]).toEqual([400, 200]);
    });

    it.each(['POST', 'GET'])('run over Server-Sent Events likewise, by %s', async (method) => {
      const stream = async (asked: Readonly<Record<string, unknown>>): Promise<string> => {
        const sent = new URLSearchParams();
        for (const [name, value] of Object.entries(asked)) sent.set(name, typeof value === 'string' ? value : JSON.stringify(value));
        const url = method === 'GET' ? `${node.url}/graphql?${sent.toString()}` : `${node.url}/graphql`;
        const headers = { accept: 'text/event-stream', 'content-type': 'application/json', 'apollo-require-preflight': '1' };
        const body = method === 'GET' ? {} : { body: JSON.stringify(asked) };
        return (await fetch(url, { method, headers, ...body })).text();
      };
      expect(await stream({ documentId: 'id-of-apps' })).toContain('{"data":{"apps":{"totalCount":');
      expect(await stream(byHash('id-of-apps'))).toContain('{"data":{"apps":{"totalCount":');
      expect(await stream({ query: OTHER })).toContain('"PERSISTED_QUERY_ONLY"');
      expect(await stream({ documentId: 'nobody' })).toContain('"PERSISTED_QUERY_NOT_FOUND"');
    });

    it('run over WebSocket likewise, subscriptions among them', async () => {
      const socket = await Socket.open(node.url);
      socket.send('1', { query: '', documentId: 'id-of-apps' });
      socket.send('2', { query: '', ...byHash('id-of-events') });
      socket.send('3', { query: OTHER });
      socket.send('4', { query: '', documentId: 'nope' });
      expect(await socket.next(({ id }) => id === '1')).toMatchObject({ payload: { data: { apps: {} } } });
      expect(await socket.next(({ id }) => id === '2')).toMatchObject({ payload: { data: { events: { caughtUp: true } } } });
      expect(await socket.next(({ id }) => id === '3')).toMatchObject({ payload: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] });
      expect(await socket.next(({ id }) => id === '4')).toMatchObject({ payload: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] });
      socket.terminate();
    });
  });

  it('are read from a manifest of Apollo, too', async () => {
    const operations = Object.entries(DOCUMENTS).map(([id, body]) => ({ id, body, name: 'Some', type: 'query' }));
    const node = await start({ format: 'apollo-persisted-query-manifest', version: 1, operations });
    const response = await fetch(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"documentId":"id-of-apps"}',
    });
    expect(await response.json()).toMatchObject({ data: { apps: {} } });
    await node.close();
  });

  it.each([
    ['does not fit the schema', { good: ASK, outdated: '{ apps { nope } }' }, /outdated: Cannot query field "nope"/],
    ['is no document', { broken: '{ nope' }, /broken: Syntax Error/],
    ['nests too deep to be read', { deep: '{ app'.repeat(9_000) }, /deep: /],
    ['is too large to be validated', { wide: `{ ${'position '.repeat(15_000)} }` }, /wide: .*limit/],
    ['has no operation', { parts: 'fragment F on App { name }' }, /parts: it has no operation/],
  ])('are checked at the start: one that %s is named', async (_what, manifest, problem) => {
    await expect(start(manifest)).rejects.toThrow(problem);
  });

  it.each([
    ['is no JSON', '{ nope', /cannot be read/],
    ['is of no known form', { documents: [] }, /is no manifest/],
    [
      'is a manifest of Apollo of another version',
      { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
      /is no manifest/,
    ],
    ['lists nothing', {}, /lists no document/],
    [
      'lists an id twice',
      { format: 'apollo-persisted-query-manifest', version: 1, operations: [1, 2].map(() => ({ id: 'a', body: ASK })) },
      /twice/,
    ],
  ])('are not taken from a file that %s', async (_what, manifest, problem) => {
    await expect(start(manifest)).rejects.toThrow(problem);
    await expect(start(manifest)).rejects.toThrow(/REGRAFT_TRUSTED_DOCUMENTS is .*manifest\.json/);
  });

  it('are not taken from a file that is not there', async () => {
    const started = startTestNode({ serving: { trustedDocuments: join(dir, 'absent.json') } });
    const error: unknown = await started.catch((reason: unknown) => reason);
    expect(explainStartError(error)).toMatch(/^REGRAFT_TRUSTED_DOCUMENTS is .*absent\.json, which cannot be read/);
  });
});
