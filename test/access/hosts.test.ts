import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostsAllowing } from '../../src/http/hosts.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

describe('the names that a server goes by', () => {
  const isAllowed = hostsAllowing(['Regraft.example']);

  it.each([
    'localhost',
    'localhost:4000',
    'LOCALHOST',
    '127.0.0.1:4000',
    '10.1.2.3',
    '[::1]:4000',
    'regraft.example',
    'regraft.example.:443',
  ])('are addresses, localhost, and those that are listed: %s', (host) => expect(isAllowed(host)).toBe(true));

  it.each(['evil.example', 'evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', 'sub.regraft.example', '', '[evil]'])(
    'are no others: %s',
    (host) => expect(isAllowed(host)).toBe(false),
  );
});

describe('a request by another name', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode({ allowedHosts: ['regraft.example'] });
  });
  afterAll(() => node.close());

  async function ask(host: string): Promise<{ status: number | undefined; body: unknown }> {
    const sent = request(`${node.url}/graphql?query=%7B__typename%7D`, { headers: { host, 'apollo-require-preflight': '1' } }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await json(response) };
  }

  it('is refused, over HTTP and for WebSockets', async () => {
    expect(await ask('evil.example')).toMatchObject({
      status: 403,
      body: { errors: [{ message: expect.stringContaining('REGRAFT_ALLOWED_HOSTS'), extensions: { code: 'FORBIDDEN' } }] },
    });
    const pages = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(Socket.open(node.url, { headers: pages })).rejects.toThrow('403');
  });

  it('is answered where the name is listed', async () => {
    expect(await ask('regraft.example:4000')).toMatchObject({ status: 200 });
    const socket = await Socket.open(node.url, { headers: { host: 'regraft.example' } });
    expect(socket.isOpen).toBe(true);
    socket.terminate();
  });
});
