import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { COST_OF_ASKING } from '../../src/entrance.js';
import { EventReader } from '../support/event-reader.js';
import { LogLines } from '../support/log-lines.js';
import { startTestNode, startTestServer, type TestNode, type TestServer } from '../support/server.js';
import { Socket } from '../support/socket.js';
import { scrape } from './scrape.js';

const metrics = { host: '127.0.0.1', port: 0 };

describe('what operators are told', () => {
  const log = new LogLines();
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ logger: log.logger }, {}, { metrics });
  });
  afterAll(() => server.close());

  const linesOf = (requestId: string) => log.about('operation').filter((line) => line['requestId'] === requestId);
  const lineOf = (requestId: string) =>
    vi.waitFor(() => {
      const [line, ...more] = linesOf(requestId);
      if (!line) throw new Error('no line yet');
      expect(more).toEqual([]);
      return line;
    });
  const counted = async (labels: Readonly<Record<string, string>>): Promise<number> =>
    (await scrape(server.metricsUrl)).value('regraft_operations_total', labels);

  describe('of streams of events', () => {
    const ask = (requestId: string, query: string): Promise<Response> =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-request-id': requestId },
        body: JSON.stringify({ query }),
      });

    it('is the operation, as of any other', async () => {
      const answer = await ask('sse-query', 'query Streamed { position }');
      expect(answer.headers.get('x-request-id')).toBe('sse-query');
      await answer.text();
      const told = { transport: 'sse', type: 'query', operation: 'Streamed', status: 200, actor: 'local' };
      const line = await lineOf('sse-query');
      expect(line).toMatchObject(told);
      expect(line).not.toHaveProperty('codes');
      expect(await counted({ transport: 'sse', type: 'query', operation: 'Streamed', code: 'OK' })).toBe(1);
    });

    it('are the codes of what is refused within the stream', async () => {
      await (await ask('sse-wrong', '{ nope }')).text();
      expect(await lineOf('sse-wrong')).toMatchObject({ transport: 'sse', codes: ['GRAPHQL_VALIDATION_FAILED'], status: 200 });
      await (await ask('sse-refused', 'mutation { deleteApp(input: { appId: "none" }) { position } }')).text();
      expect(await lineOf('sse-refused')).toMatchObject({ operation: '{deleteApp}', codes: ['NOT_FOUND'] });
    });

    it('is a subscription while it is open, and once more when its client has left: that is no failure', async () => {
      const open = async (): Promise<number> => (await scrape(server.metricsUrl)).value('regraft_subscriptions_open', { transport: 'sse' });
      const events = new EventReader(await ask('sse-open', 'subscription Followed { events { position } }'));
      await events.next();
      expect(await open()).toBe(1);
      expect(linesOf('sse-open')).toEqual([]);
      await events.cancel();
      const line = await lineOf('sse-open');
      expect(line).toMatchObject({ transport: 'sse', type: 'subscription', operation: 'Followed', status: 200 });
      expect(line).not.toHaveProperty('codes');
      expect(await open()).toBe(0);
    });
  });

  describe('of downloads', () => {
    const download = (requestId: string, query = ''): Promise<Response> =>
      fetch(`${server.url}/history.csv${query}`, { headers: { 'x-request-id': requestId } });

    it('is the path, and no duration among those of operations', async () => {
      const answer = await download('file-1');
      expect(answer.headers.get('x-request-id')).toBe('file-1');
      await answer.text();
      expect(await lineOf('file-1')).toMatchObject({ type: 'download', operation: '/history.csv', status: 200, actor: 'local' });
      const after = await scrape(server.metricsUrl);
      expect(after.value('regraft_operations_total', { type: 'download', operation: '/history.csv', code: 'OK' })).toBe(1);
      expect(after.all('regraft_operation_duration_seconds_count', { type: 'download' })).toEqual([]);
    });

    it('is the code of what is refused, and nothing of what was asked', async () => {
      const answer = await download('file-2', '?nonsense=planted');
      const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
      expect(await lineOf('file-2')).toMatchObject({ status: answer.status, codes: [errors[0]?.extensions.code] });
      expect(log.text).not.toContain('planted');
    });
  });

  it('of webhooks is how many there are, and how they stand', async () => {
    const register = (url: string) => server.api.mutate('registerWebhook', 'RegisterWebhookInput', { url }, 'webhook { id }');
    await register('https://receiver.example/a');
    const { webhook } = await register('https://receiver.example/b');
    await server.api.mutate('disableWebhook', 'WebhookCommandInput', { webhookId: webhook.id }, 'position');
    const now = await scrape(server.metricsUrl);
    expect(now.value('regraft_webhook_active')).toBe(1);
    expect(now.value('regraft_webhook_disabled')).toBe(1);
    expect(now.all('regraft_webhook_held_streams')).toMatchObject([{ value: 0 }]);
    expect(now.all('regraft_webhook_failing')).toMatchObject([{ value: 0 }]);
  });
});

describe('operators are told of what is given up or put off', () => {
  const log = new LogLines();
  let node: TestNode;
  afterEach(() => node.close());
  const lines = () => log.about('operation');

  it('by rate limits, with who asked', async () => {
    node = await startTestNode({ metrics, rateLimits: { cost: COST_OF_ASKING + 1 } }, { logger: log.logger });
    await node.api.ask('{ position }');
    const refused = await node.api.with({ 'x-request-id': 'too-much' }).post('{ position }');
    expect(refused.status).toBe(429);
    await vi.waitFor(() =>
      expect(lines().filter(({ requestId }) => requestId === 'too-much')).toMatchObject([
        { codes: ['RATE_LIMITED'], status: 429, actor: 'local', transport: 'http' },
      ]),
    );
    expect((await scrape(node.metricsUrl)).value('regraft_operations_total', { code: 'RATE_LIMITED', operation: '{none}' })).toBe(1);
  });

  it('by rate limits, on sockets', async () => {
    node = await startTestNode({ metrics, rateLimits: { cost: COST_OF_ASKING + 1 } }, { logger: log.logger });
    await node.api.ask('{ position }');
    const socket = await Socket.open(node.url);
    socket.subscribe('a', '{ position }');
    expect(await socket.next(({ id }) => id === 'a')).toMatchObject({ type: 'error' });
    await vi.waitFor(async () => {
      const now = await scrape(node.metricsUrl);
      expect(now.value('regraft_operations_total', { code: 'RATE_LIMITED', transport: 'websocket' })).toBe(1);
    });
    socket.terminate();
  });

  it('by the time that an operation may take', async () => {
    const { promise: checked, resolve: finish } = Promise.withResolvers<void>();
    node = await startTestNode(
      { metrics, publishWaitMs: 60_000, check: () => checked },
      { logger: log.logger, limits: { operationTimeoutMs: 300 } },
    );
    const { app } = await node.api.mutate('createApp', 'CreateAppInput', { name: 'slow' }, 'app { id }');
    await node.api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'web' } }, 'position');
    await node.api.refuse('publishTemplate', 'PublishTemplateInput', { appId: app.id, name: 'slow', version: '1' });
    await vi.waitFor(() =>
      expect(lines().filter(({ operation }) => operation === '{publishTemplate}')).toMatchObject([{ codes: ['OPERATION_TIMEOUT'] }]),
    );
    const now = await scrape(node.metricsUrl);
    expect(now.value('regraft_operations_total', { operation: '{publishTemplate}', code: 'OPERATION_TIMEOUT' })).toBe(1);
    finish();
  });
});
