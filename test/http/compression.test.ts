import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { readRaw } from '../support/raw.js';
import { startTestNode, type TestNode } from '../support/server.js';

const LARGE = '{ __schema { types { name description fields { name description } } } }';
const SMALL = '{ __typename }';

describe('answers', () => {
  let node: TestNode;
  afterEach(() => node.close());
  const ask = (query: string, encoding: string): ReturnType<typeof readRaw> =>
    readRaw(`${node.url}/graphql?query=${encodeURIComponent(query)}`, { 'accept-encoding': encoding });

  it.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br, deflate, gzip', 'gzip', gunzipSync],
  ])('that are large are compressed for a client that reads %s: by %s', async (accepted, encoding, expand) => {
    node = await startTestNode();
    const whole = await ask(LARGE, 'identity');
    const { message, body } = await ask(LARGE, accepted);
    expect(message.headers).toMatchObject({ 'content-encoding': encoding, vary: expect.stringContaining('accept-encoding') });
    expect(body.length).toBeLessThan(whole.body.length / 3);
    expect(expand(body).toString('utf8')).toBe(whole.body.toString('utf8'));
  });

  it.each([
    ['small', SMALL, 'gzip, br'],
    ['for clients that read no compression', LARGE, 'identity'],
    ['for clients that read others only', LARGE, 'deflate, zstd'],
  ])('that are %s are sent as they are', async (_what, query, accepted) => {
    node = await startTestNode();
    const { message, body } = await ask(query, accepted);
    expect(message.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString('utf8'))).toHaveProperty('data');
  });

  it('to mutations are never compressed, here or on the way: there may be a secret in them', async () => {
    node = await startTestNode();
    const names = 'x'.repeat(190);
    const fields = Array.from({ length: 60 }, (_, index) => `a${index}: name`).join(' ');
    const mutation = `mutation { createApp(input: { name: "${names}" }) { app { ${fields} } } }`;
    const response = await node.api.with({ 'accept-encoding': 'gzip, br' }).post(mutation);
    expect([response.headers.get('content-encoding'), response.headers.get('cache-control')]).toEqual([null, 'no-store, no-transform']);
    expect((await response.text()).length).toBeGreaterThan(8_000);
  });

  it('are never compressed where that is switched off', async () => {
    node = await startTestNode({ serving: { compression: false } });
    expect((await ask(LARGE, 'gzip, br')).message.headers['content-encoding']).toBeUndefined();
  });

  it('to queries are not to be stored', async () => {
    node = await startTestNode();
    const { headers } = (await ask(SMALL, 'identity')).message;
    expect([headers['cache-control'], headers.etag]).toEqual(['no-store', undefined]);
  });

  it('are refused with 406 to who reads no JSON', async () => {
    node = await startTestNode();
    const response = await node.api.with({ accept: 'text/html' }).post(SMALL);
    expect([response.status, await response.json()]).toMatchObject([406, { errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
  });

  it('to requests that are compressed are refusals: they are not expanded', async () => {
    node = await startTestNode();
    const response = await fetch(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ query: SMALL, padding: 'x'.repeat(64 * 1024 * 1024) })),
    });
    expect([response.status, await response.json()]).toMatchObject([415, { errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] }]);
  });
});
