import { afterEach, describe, expect, it } from 'vitest';
import { readRaw } from '../support/raw.js';
import { startTestNode, type TestNode } from '../support/server.js';

describe('GraphiQL', () => {
  let node: TestNode;
  afterEach(() => node.close());

  it('is at /graphiql/, where /graphiql leads, and / where there is no console', async () => {
    node = await startTestNode({ serving: { console: false } });
    for (const path of ['/', '/graphiql']) {
      const answer = await fetch(`${node.url}${path}`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/graphiql/']);
    }
    const page = await fetch(`${node.url}/graphiql/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<div id="root">');
  });

  it('may load nothing from anywhere else, nor be shown within another page', async () => {
    node = await startTestNode();
    const policy = (await fetch(`${node.url}/graphiql/`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`default-src 'self'`);
    expect(policy).toContain(`frame-ancestors 'none'`);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  it('is sent anew only where it changed', async () => {
    node = await startTestNode();
    const page = await fetch(`${node.url}/graphiql/`);
    const etag = page.headers.get('etag') ?? '';
    expect([etag, page.headers.get('cache-control')]).toEqual([expect.stringMatching(/^(W\/)?".+"$/), 'no-cache']);
    const { message, body } = await readRaw(`${node.url}/graphiql/`, { 'if-none-match': etag });
    expect([message.statusCode, body.length]).toEqual([304, 0]);
  });

  it('is not there where it is switched off', async () => {
    node = await startTestNode({ serving: { console: false, graphiql: false } });
    for (const path of ['/', '/graphiql', '/graphiql/', '/graphiql/index.html']) {
      const answer = await fetch(`${node.url}${path}`, { redirect: 'manual' });
      expect([answer.status, await answer.json()]).toMatchObject([404, { errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    }
  });
});
