import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

/** Audits ask as programs do that know of our protection against foreign pages: GET and odd content types need this header. */
const asked: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('apollo-require-preflight', 'true');
  return fetch(input, { ...init, headers });
};

describe('GraphQL over HTTP, as the specification audits it', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: asked });

  it('is audited by 61 audits', () => expect(audits).toHaveLength(61));

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const { status, ...result } = await audit.fn();
    expect({ status, ...('reason' in result && { reason: result.reason }) }).toEqual({ status: 'ok' });
  });
});
