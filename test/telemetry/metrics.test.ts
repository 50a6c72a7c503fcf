import { request } from 'node:http';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { MetricsAddressError } from '../../src/telemetry/metrics-server.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { RevisionConflictError } from '../../src/store/errors.js';
import { startTestNode, startTestServer, type TestServer } from '../support/server.js';
import { scrape } from './scrape.js';

const metrics = { host: '127.0.0.1', port: 0 };

describe('metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({}, {}, { metrics });
  });
  afterAll(() => server.close());

  it('are served apart from the API, which has none', async () => {
    const response = await fetch(server.metricsUrl ?? '');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
    expect((await fetch((server.metricsUrl ?? '').replace('/metrics', '/graphql'))).status).toBe(404);
    expect((await fetch(server.metricsUrl ?? '', { method: 'POST' })).status).toBe(405);
  });

  it('are not read by a page that has its own name lead here', async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(server.metricsUrl ?? '', { headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      );
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  });

  it('count operations by name, type and code, with how long they took', async () => {
    const before = await scrape(server.metricsUrl);
    await server.api.ask('query Where { position }');
    await server.api.refusal('query Where { app(id: "x") { id } nope }');
    await server.api.mutate('createApp', 'CreateAppInput', { name: 'measured' }, 'position');
    await server.api.refuse('addComponent', 'AddComponentInput', { appId: 'none', component: { key: 'web' } });
    const after = await scrape(server.metricsUrl);
    const counted = (labels: Record<string, string>): number =>
      after.value('regraft_operations_total', labels) - before.value('regraft_operations_total', labels);
    expect(counted({ type: 'query', operation: 'Where', code: 'OK', transport: 'http' })).toBe(1);
    expect(counted({ type: 'none', operation: '{none}', code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
    expect(counted({ type: 'mutation', operation: '{createApp}', code: 'OK' })).toBe(1);
    expect(counted({ type: 'mutation', operation: '{addComponent}', code: 'NOT_FOUND' })).toBe(1);
    expect(after.value('regraft_operation_duration_seconds_count', { operation: 'Where' })).toBe(1);
    expect(after.value('regraft_operation_duration_seconds_sum', { operation: '{createApp}' })).toBeGreaterThan(0);
  });

  it('count what never came to an operation by the code that its client was told', async () => {
    const broken = await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    expect(broken.status).toBe(400);
    await fetch(`${server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<x/>' });
    const { api } = server;
    await api.with({ 'regraft-min-position': 'nonsense' }).send('{ position }');
    const after = await scrape(server.metricsUrl);
    for (const code of ['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE', 'POSITION_UNKNOWN']) {
      expect(after.value('regraft_operations_total', { operation: '{none}', code }), code).toBe(1);
    }
  });

  it('keep their labels few, whatever clients call their operations', async () => {
    for (let n = 0; n < 300; n += 1) await server.api.ask(`query Name${n} { position }`);
    await server.api.ask(`query ${'x'.repeat(5_000)} { position }`);
    const after = await scrape(server.metricsUrl);
    const names = new Set(after.all('regraft_operations_total').map(({ labels }) => labels['operation']));
    expect(names.size).toBeLessThan(120);
    expect(after.value('regraft_operations_total', { operation: '{position}', code: 'OK' })).toBeGreaterThanOrEqual(200);
    expect(after.text).not.toContain('xxxxx');
  });

  it('count appends and their events, and where the log and its projections stand', async () => {
    const before = await scrape(server.metricsUrl);
    const { app } = await server.api.mutate('createApp', 'CreateAppInput', { name: 'appended' }, 'app { id }');
    await server.api.mutate('addComponent', 'AddComponentInput', { appId: app.id, component: { key: 'web' } }, 'position');
    const after = await scrape(server.metricsUrl);
    const gained = (name: string, labels = {}): number => after.value(name, labels) - before.value(name, labels);
    const events = gained('regraft_log_position');
    expect(events).toBeGreaterThanOrEqual(3);
    expect(gained('regraft_append_events_sum')).toBe(events);
    expect(gained('regraft_append_duration_seconds_count')).toBe(gained('regraft_appends_total', { outcome: 'appended' }));
    expect(after.value('regraft_store_reachable')).toBe(1);
    expect(after.value('regraft_read_models_serving')).toBe(1);
    expect(after.value('regraft_projection_position', { projection: 'apps' })).toBe(after.value('regraft_log_position'));
    expect(after.value('regraft_projection_lag', { projection: 'apps' })).toBe(0);
    expect(after.value('regraft_projection_stopped')).toBe(0);
  });

  it('tell which subscriptions are open, and what is kept for them', async () => {
    const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const stream = client.iterate({ query: 'subscription { events(from: BEGINNING) { position } }' });
    await stream.next();
    const open = await scrape(server.metricsUrl);
    expect(open.value('regraft_subscriptions_open', { transport: 'websocket' })).toBe(1);
    expect(open.value('regraft_fan_out_events')).toBeGreaterThan(0);
    expect(open.value('regraft_fan_out_characters')).toBeGreaterThan(open.value('regraft_fan_out_events'));
    client.terminate();
    await vi.waitFor(async () => {
      const closed = await scrape(server.metricsUrl);
      expect(closed.value('regraft_subscriptions_open', { transport: 'websocket' })).toBe(0);
      expect(closed.value('regraft_operations_total', { type: 'subscription', operation: '{events}', code: 'OK' })).toBe(1);
    });
  });

  it('count conflicts, and commands that are decided again for them', async () => {
    const store = openEmbeddedStore({ path: ':memory:' });
    const node = await startTestNode({ store, metrics });
    const { app } = await node.api.mutate('createApp', 'CreateAppInput', { name: 'contended' }, 'app { id }');
    const conflict = new RevisionConflictError('app', 0, 1);
    vi.spyOn(store, 'append').mockRejectedValueOnce(conflict).mockRejectedValueOnce(conflict);
    await node.api.mutate('updateApp', 'UpdateAppInput', { appId: app.id, name: 'decided' }, 'position');
    const after = await scrape(node.metricsUrl);
    expect(after.value('regraft_appends_total', { outcome: 'conflict' })).toBe(2);
    expect(after.value('regraft_command_retries_total')).toBe(2);
    await node.close();
  });

  it('tell of the process: event loop, memory, garbage collection', async () => {
    const { names } = await scrape(server.metricsUrl);
    expect(names).toEqual(
      expect.arrayContaining(['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes', 'nodejs_gc_duration_seconds']),
    );
  });

  it('are those of one server, not of another in the same process', async () => {
    const other = await startTestServer({}, {}, { metrics });
    const { api } = other;
    await api.ask('query OfTheOther { position }');
    expect((await scrape(other.metricsUrl)).value('regraft_operations_total')).toBe(1);
    expect((await scrape(server.metricsUrl)).value('regraft_operations_total', { operation: 'OfTheOther' })).toBe(0);
    await other.close();
    await expect(fetch(other.metricsUrl ?? '')).rejects.toThrow();
  });

  it('say which address is in the way', async () => {
    const port = Number(new URL(server.metricsUrl ?? '').port);
    const starting = startTestServer({}, {}, { metrics: { ...metrics, port } });
    await expect(starting).rejects.toThrow(MetricsAddressError);
    await expect(starting).rejects.toThrow(`REGRAFT_METRICS_PORT is ${port}`);
  });
});
