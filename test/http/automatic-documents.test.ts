import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestNode, type TestNode } from '../support/server.js';

const ASK = '{ apps { totalCount } }';
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('texts that are remembered by their hashes', () => {
  let node: TestNode;
  afterEach(() => node.close());

  const send = async (query: string | undefined, sha256Hash: string, version = 1): Promise<unknown> => {
    const body = { ...(query !== undefined && { query }), extensions: { persistedQuery: { version, sha256Hash } } };
    const response = await fetch(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.json();
  };
  const refusal = (code: string) => ({ errors: [{ extensions: { code } }] });

  it('are asked for once, and then by the hash alone', async () => {
    node = await startTestNode();
    expect(await send(undefined, hashOf(ASK))).toMatchObject(refusal('PERSISTED_QUERY_NOT_FOUND'));
    expect(await send(ASK, hashOf(ASK))).toEqual({ data: { apps: { totalCount: 0 } } });
    expect(await send(undefined, hashOf(ASK))).toEqual({ data: { apps: { totalCount: 0 } } });
  });

  it('have to be what the hash says', async () => {
    node = await startTestNode();
    expect(await send('{ position }', hashOf(ASK))).toMatchObject(refusal('BAD_REQUEST'));
    expect(await send(undefined, hashOf(ASK))).toMatchObject(refusal('PERSISTED_QUERY_NOT_FOUND'));
    expect(await send(ASK, hashOf(ASK), 2)).toMatchObject(refusal('BAD_REQUEST'));
  });

  it('are checked like any other', async () => {
    node = await startTestNode();
    const wrong = '{ nope }';
    for (const text of [wrong, undefined]) expect(await send(text, hashOf(wrong))).toMatchObject(refusal('GRAPHQL_VALIDATION_FAILED'));
  });

  it('are remembered in a bounded space: those that were not asked for longest are forgotten', async () => {
    node = await startTestNode();
    await send(ASK, hashOf(ASK));
    for (let index = 0; index < 5; index++) {
      const large = `# ${index} ${'x'.repeat(7 * 1024 * 1024)}\n${ASK}`;
      expect(await send(large, hashOf(large))).toEqual({ data: { apps: { totalCount: 0 } } });
    }
    expect(await send(undefined, hashOf(ASK))).toMatchObject(refusal('PERSISTED_QUERY_NOT_FOUND'));
  });

  it('are not remembered where that is switched off, and clients are told so', async () => {
    node = await startTestNode({ serving: { automaticDocuments: false } });
    for (const text of [ASK, undefined]) expect(await send(text, hashOf(ASK))).toMatchObject(refusal('PERSISTED_QUERY_NOT_SUPPORTED'));
    expect(await node.api.ask(ASK)).toEqual({ apps: { totalCount: 0 } });
  });
});
