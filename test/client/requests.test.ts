import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AppDocument,
  AppsDocument,
  createClient,
  CreateAppDocument,
  RegraftError,
  type AppQuery,
  type ErrorCode,
  type KnownErrorCode,
} from '@regraft/client';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { RefusalCode } from '../../src/domain/errors.js';
import { startTestNode, type TestNode } from '../support/server.js';

describe('a client', () => {
  let node: TestNode;
  beforeEach(async () => {
    node = await startTestNode();
  });
  afterEach(() => node.close());

  const client = (options: { token?: string } = {}) => createClient({ url: node.url, ...options });

  it('gives the data of a mutation and of a query, with their types', async () => {
    const { createApp } = await client().mutate(CreateAppDocument, { input: { name: 'shop' } });
    expectTypeOf(createApp.app.id).toEqualTypeOf<string>();
    const { app } = await client().query(AppDocument, { id: createApp.app.id });
    expectTypeOf(app).toEqualTypeOf<AppQuery['app']>();
    expect(app).toMatchObject({ name: 'shop', components: [] });
  });

  it('asks without variables where none must be given, and for those that must', async () => {
    expect((await client().query(AppsDocument)).apps.totalCount).toBe(0);
    // @ts-expect-error the id is missing
    await expect(client().query(AppDocument)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('sends operations that were parsed, too', async () => {
    const document = parse('query Apps { apps { totalCount } }');
    expect(await client().query(document)).toEqual({ apps: { totalCount: 0 } });
  });

  it('throws what is refused with its code, what to do, and the details', async () => {
    const error = await client()
      .mutate(CreateAppDocument, { input: { name: '' } })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegraftError);
    expect(error).toMatchObject({ name: 'RegraftError', code: 'BAD_USER_INPUT', passes: false, message: expect.stringContaining('name') });
  });

  it('waits for the read models to show a position that it is given', async () => {
    const { createApp } = await client().mutate(CreateAppDocument, { input: { name: 'shop' } });
    const { apps } = await client().query(AppsDocument, {}, { minPosition: createApp.position });
    expect(apps.totalCount).toBe(1);
    await expect(client().query(AppsDocument, {}, { minPosition: 'elsewhere' })).rejects.toMatchObject({ code: 'POSITION_UNKNOWN' });
  });

  it('gives a request up by its signal, with the reason of it', async () => {
    const reason = new Error('not needed any more');
    await expect(client().query(AppsDocument, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('names every code of the catalogue of refusals: add new ones to client/src/error-codes.ts', () => {
    expectTypeOf<Exclude<RefusalCode, KnownErrorCode>>().toEqualTypeOf<never>();
    expectTypeOf<'A_CODE_OF_TOMORROW'>().toExtend<ErrorCode>();
  });
});

describe('a client whose server', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (path = '', token?: string | (() => Promise<string>)): Promise<unknown> =>
    createClient({ url: url() + path, ...(token !== undefined && { token }) })
      .query(AppsDocument)
      .catch((error: unknown) => error);

  it.each([
    [
      'is behind a proxy that cannot reach it',
      502,
      '<h1>Bad Gateway</h1>',
      { code: 'UNAVAILABLE', passes: true, details: { status: 502 } },
    ],
    ['is no Regraft', 200, '<h1>Welcome</h1>', { code: 'BAD_RESPONSE', passes: false }],
    ['answers other JSON', 404, '{"message":"not found"}', { code: 'BAD_RESPONSE', passes: false }],
    ['answers with nothing', 200, '{"data":null}', { code: 'BAD_RESPONSE', passes: false }],
    [
      'says when to come again',
      503,
      '{"errors":[{"message":"later","extensions":{"code":"STORE_UNAVAILABLE","retryAfterSeconds":5}}]}',
      { code: 'STORE_UNAVAILABLE', message: 'later', passes: true, retryAfterMs: 5_000, details: { retryAfterSeconds: 5 } },
    ],
  ])('%s gets that as an error that tells whether it passes', async (_what, status, body, expected) => {
    answer = (_request, response) => response.writeHead(status).end(body);
    expect(await ask()).toMatchObject(expected);
  });

  it('does not listen gets UNREACHABLE, which passes', async () => {
    const address = url();
    server.close();
    await expect(createClient({ url: address }).query(AppsDocument)).rejects.toMatchObject({ code: 'UNREACHABLE', passes: true });
  });

  it('is asked at /graphql, or where the address says, with the token of now', async () => {
    const asked: (string | undefined)[] = [];
    answer = ({ url: path, headers }, response) => {
      asked.push(path, headers.authorization);
      response.end('{"data":{}}');
    };
    let renewals = 0;
    await ask();
    await ask('/regraft/api', 'rgt_secret');
    await ask('/', () => Promise.resolve(`jwt${++renewals}`));
    expect(asked).toEqual(['/graphql', undefined, '/regraft/api', 'Bearer rgt_secret', '/graphql', 'Bearer jwt1']);
  });
});
