import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

const LISTED = 'https://console.example';
const OTHER = 'https://elsewhere.example';

describe('pages of other sites', () => {
  let node: TestNode;
  afterAll(() => node.close());

  const preflight = (origin: string): Promise<Response> =>
    fetch(`${node.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    });
  const post = (origin: string, body = '{"query":"{ position }"}'): Promise<Response> =>
    fetch(`${node.url}/graphql`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body });
  const corsOf = ({ headers }: Response): object => Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

  describe('by default', () => {
    beforeAll(async () => {
      node = await startTestNode();
    });
    afterAll(() => node.close());

    it.each([LISTED, 'null', 'http://localhost'])('may not ask: browsers are told nothing of %s', async (origin) => {
      const asked = await preflight(origin);
      expect([asked.status, corsOf(asked)]).toEqual([405, {}]);
      expect(corsOf(await post(origin))).toEqual({});
    });

    it.each([LISTED, 'null', 'http://localhost', 'http://127.0.0.1'])('may not open a WebSocket: one of %s is refused', async (origin) => {
      await expect(Socket.open(node.url, { origin })).rejects.toThrow('403');
    });
  });

  describe('that are listed', () => {
    beforeAll(async () => {
      node = await startTestNode({ serving: { origins: [LISTED, 'http://localhost:5173'] } });
    });

    it('may ask, with headers of their own, and remember that for a while', async () => {
      const asked = await preflight(LISTED);
      expect(asked.status).toBe(204);
      expect(corsOf(asked)).toEqual({
        'access-control-allow-origin': LISTED,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-expose-headers': 'Regraft-Position, Retry-After, WWW-Authenticate',
        'access-control-max-age': '600',
      });
      expect(asked.headers.get('vary')).toContain('Origin');
    });

    it('may read answers, those of refusals too, without credentials of the browser', async () => {
      for (const answer of [await post(LISTED), await post(LISTED, '{ nope'), await post('http://localhost:5173')]) {
        expect(answer.headers.get('access-control-allow-origin')).toMatch(/^(https:\/\/console\.example|http:\/\/localhost:5173)$/);
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
        expect(answer.headers.get('vary')).toContain('Origin');
      }
    });

    it('may open a WebSocket', async () => {
      const socket = await Socket.open(node.url, { origin: LISTED });
      socket.terminate();
    });

    it.each([
      OTHER,
      'null',
      'http://console.example',
      'https://console.example:444',
      'https://a.console.example',
      `${LISTED}.evil.example`,
    ])('are not the others: %s', async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await post(origin)).headers.get('access-control-allow-origin')).toBeNull();
      await expect(Socket.open(node.url, { origin })).rejects.toThrow('403');
    });

    it('still have to ask before they send what is no JSON', async () => {
      const simple = await fetch(`${node.url}/graphql`, {
        method: 'POST',
        headers: { origin: OTHER, 'content-type': 'text/plain' },
        body: '{"query":"{ position }"}',
      });
      expect(simple.status).toBe(415);
    });
  });
});
