import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { DOCUMENTS, VALUES } from './hostile-documents.js';
import { FILES } from './hostile-files.js';
import { REQUESTS } from './hostile-requests.js';

/** What the server may keep of all that, in bytes. It shares the process with the tests. */
const MAX_GROWTH = 100 * 1024 * 1024;
/** The longest that another client may wait, on a machine that is busy with other things. */
const MAX_WAIT_MS = 5_000;

/** What must not be in an answer: it is of the inside. */
const INSIDE = /\bat .*\.[jt]s:\d|node_modules|SQLITE|SELECT |\/src\/|Maximum call stack|FST_ERR/;

/** What is in use, after a collection of what is not. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Asks a small query again and again, as another client would. */
class Bystander {
  readonly #stop = new AbortController();
  readonly #work: Promise<void>;
  slowestMs = 0;
  answers = 0;

  constructor(server: TestServer) {
    this.#work = this.#ask(server);
  }

  async #ask({ api }: TestServer): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const before = performance.now();
      await api.ask('{ apps(first: 1) { totalCount } }');
      this.slowestMs = Math.max(this.slowestMs, performance.now() - before);
      this.answers++;
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }
}

describe('what is sent to do harm', () => {
  let server: TestServer;
  let bystander: Bystander;
  let before: number;
  beforeAll(async () => {
    server = await startTestServer({}, { requestTimeoutMs: 1_000, operationsPerSocket: 20 });
    before = heldBytes();
    bystander = new Bystander(server);
  });
  afterAll(() => server.close());

  it('is tried in more than sixty ways', () =>
    expect(DOCUMENTS.length + VALUES.length + REQUESTS.length + FILES.length).toBeGreaterThan(60));

  it.each([...DOCUMENTS, ...VALUES])('$name, in an operation: $code', async ({ query, variables, code }) => {
    const answer = await server.api.send(query, variables);
    expect(answer.errors?.[0]?.extensions.code).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(INSIDE);
  });

  it.each(REQUESTS)('$name, as a request: $status $code', async ({ bytes, status, code }) => {
    const answer = await exchange(server.url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(answer).not.toMatch(INSIDE);
    expect(/^allow: (.*)$/im.exec(answer)?.[1]).toBe(code === 'METHOD_NOT_ALLOWED' ? 'GET, POST' : status === 405 ? 'POST' : undefined);
  });

  it.each(FILES)('$name, as a Compose file: $code', async ({ compose, code }) => {
    const { app } = (await server.api.mutate('createApp', 'CreateAppInput', { name: 'target' }, 'app { id }')) as { app: { id: string } };
    const input = { appId: app.id, files: [{ name: 'compose.yaml', content: compose }] };
    const answer = await server.api.send('mutation ($input: ImportComposeInput!) { importCompose(input: $input) { position } }', { input });
    expect(answer.errors?.[0]?.extensions.code).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(INSIDE);
  });

  describe('over a WebSocket', () => {
    const closeCodes: readonly (readonly [string, string | Buffer, number])[] = [
      ['a message of 2 MiB', 'x'.repeat(2 * 1024 * 1024), 1009],
      ['no JSON', 'nonsense', 4400],
      ['bytes', Buffer.from([0xff, 0x00, 0xfe]), 4400],
      ['a message of no kind', '{"type":"__proto__"}', 4400],
      ['an operation before it introduced itself', '{"id":"1","type":"subscribe","payload":{"query":"{ position }"}}', 4401],
    ];

    it.each(closeCodes)('%s closes it', async (_name, message, code) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(message);
      const [closed] = (await once(socket, 'close')) as [number];
      expect(closed).toBe(code);
    });

    it('runs so many operations at a time, and no more', async () => {
      const socket = await Socket.open(server.url);
      for (let id = 1; id <= 10_000; id++) socket.subscribe(`${id}`, 'subscription { events { caughtUp } }');
      const refused = await socket.next(({ type }) => type === 'error');
      const accepted = await socket.next(({ id, type }) => id === '1' && type === 'next');
      await socket.next(({ id }) => id === '10000');
      socket.terminate();
      expect(refused).toMatchObject({ payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS', limit: 20 } }] });
      expect(accepted.payload).toMatchObject({ data: { events: { caughtUp: true } } });
    });
  });

  it('keeps nobody else waiting, and leaves nothing behind', async () => {
    await bystander.stop();
    const grown = heldBytes() - before;
    expect(bystander.answers).toBeGreaterThan(100);
    expect(bystander.slowestMs).toBeLessThan(MAX_WAIT_MS);
    expect(grown).toBeLessThan(MAX_GROWTH);
  });
});

/** Sends bytes, and reads until the server ends the connection, or answers it whole. */
async function exchange(url: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (data: Buffer) => {
      answer += data.toString('utf8');
      if (answer.includes('}]}')) resolve();
    });
    socket.on('close', () => resolve());
    // The server may end while the client still writes.
    socket.on('error', () => resolve());
  });
  socket.write(bytes);
  await answered;
  socket.destroy();
  return answer;
}
