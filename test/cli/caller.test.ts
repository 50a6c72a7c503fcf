import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiCaller, endpointOf } from '../../src/cli/api/caller.js';
import { exitCodeOf, FAILED, NOT_ALLOWED, REFUSED, TO_SETTLE, UNREACHABLE } from '../../src/cli/exit-code.js';
import { startTestServer, type TestServer } from '../support/server.js';

const CREATE = ['createApp', 'CreateAppInput', 'app { id }', { name: 'shop', team: 'makers' }] as const;

describe('a request of the command line', () => {
  let server: TestServer;
  let between: Server;
  /** What stands between does with each request, in turn; passes them on once there is no more. */
  let turns: ((request: IncomingMessage, response: ServerResponse, pass: () => Promise<string>) => Promise<void>)[];
  const commandIds: string[] = [];
  beforeEach(async () => {
    server = await startTestServer();
    turns = [];
    commandIds.splice(0);
    between = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(between, 'listening');
  });
  afterEach(async () => {
    between.close();
    between.closeAllConnections();
    await server.close();
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    commandIds.push((JSON.parse(body) as { variables: { input?: { commandId: string } } }).variables.input?.commandId ?? '');
    const pass = async (): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body })).text();
    };
    const turn = turns.shift();
    if (turn) return turn(request, response, pass);
    response.setHeader('content-type', 'application/json').end(await pass());
  }

  function caller(retryForMs = 10_000, url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`): ApiCaller {
    return new ApiCaller({ url, retryForMs, signal: new AbortController().signal });
  }

  async function names(): Promise<string[]> {
    const { apps } = await server.api.ask('{ apps { edges { node { name } } } }');
    return apps.edges.map((edge: { node: { name: string } }) => edge.node.name);
  }

  it('is made again, with the same command id, where the answer is lost: it has one effect', async () => {
    turns.push(async (request, _response, pass) => {
      await pass();
      request.socket.destroy();
    });
    const made = await caller().command<{ position: string; app: { id: string } }>(...CREATE);
    expect(made.app.id).toBeTruthy();
    expect(await names()).toEqual(['shop']);
    expect(commandIds).toHaveLength(2);
    expect(new Set(commandIds).size).toBe(1);
  });

  it('waits for a server that cannot just now, as long as it says', async () => {
    turns.push((_request, response) => {
      const body = { errors: [{ message: 'away', extensions: { code: 'STORE_UNAVAILABLE', retryAfterSeconds: 0.01 } }] };
      response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return Promise.resolve();
    });
    await caller().command(...CREATE);
    expect(await names()).toEqual(['shop']);
  });

  it('is given up after a while, with word by which command id to give it again', async () => {
    const lost = (request: IncomingMessage): Promise<void> => Promise.resolve(void request.socket.destroy());
    turns.push(...Array.from({ length: 50 }, () => lost));
    const given = caller(500);
    await expect(given.command(...CREATE)).rejects.toMatchObject({
      exitCode: UNREACHABLE,
      message: expect.stringContaining(`--command-id ${given.commandId}`),
    });
  });

  it('does not wait for a server that never was there, and says how to start one', async () => {
    await server.stop();
    await expect(caller(60_000, server.url).ask('{ position }')).rejects.toMatchObject({
      exitCode: UNREACHABLE,
      message: expect.stringContaining('regraft serve'),
    });
  });

  it('takes nothing else for the API', async () => {
    turns.push((_request, response) => Promise.resolve(void response.end('<html>')));
    await expect(caller().ask('{ position }')).rejects.toMatchObject({
      exitCode: UNREACHABLE,
      message: expect.stringContaining('is the address right'),
    });
    expect(() => endpointOf('localhost:4000')).toThrow('is no address');
    expect(endpointOf('http://shop.example/behind/graphql').pathname).toBe('/behind/graphql');
  });

  it('is refused with the code and the details of the server', async () => {
    await expect(caller().command('createApp', 'CreateAppInput', 'app { id }', { name: ' ' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      exitCode: REFUSED,
      details: { problems: [{ path: 'name' }] },
    });
  });

  it('ends with an exit code that a script can tell apart', () => {
    expect(['CONFLICTS_UNRESOLVED', 'DATA_LOSS_NOT_ACCEPTED', 'FORBIDDEN', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'].map(exitCodeOf)).toEqual([
      TO_SETTLE,
      TO_SETTLE,
      NOT_ALLOWED,
      REFUSED,
      FAILED,
    ]);
  });
});
