import { afterEach, describe, expect, it } from 'vitest';
import type { HealthReport } from '../../src/health.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { newEvent } from '../store/contract.js';
import { AbsentStore } from '../support/absent-store.js';
import { diskFull, shippedWith } from '../support/projections.js';
import { startTestNode, type TestNode } from '../support/server.js';

describe('/health/ready', () => {
  const nodes: TestNode[] = [];
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
  });
  const start = async (options: Parameters<typeof startTestNode>[0] = {}): Promise<TestNode> => {
    const node = await startTestNode({ visibleWithinMs: 200, ...options });
    nodes.push(node);
    return node;
  };
  const health = async ({ url }: TestNode): Promise<{ status: number; report: HealthReport }> => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, report: (await answer.json()) as HealthReport };
  };
  const until = async (node: TestNode, condition: (report: HealthReport) => boolean): Promise<HealthReport> => {
    for (;;) {
      const { report } = await health(node);
      if (condition(report)) return report;
    }
  };
  const create = (node: TestNode, name: string): Promise<{ position: string }> =>
    node.api.mutate('createApp', 'CreateAppInput', { name }, 'position') as Promise<{ position: string }>;

  it('tells the head of the log, and of each projection its position, lag and state', async () => {
    const node = await start();
    const { position } = await create(node, 'one');
    const live = { state: 'LIVE', position, lag: 0 };
    expect(await health(node)).toEqual({
      status: 200,
      report: {
        status: 'ready',
        store: { reachable: true, head: position },
        readModels: {
          generation: 1,
          projections: ['apps', 'templates', 'upgrades', 'history', 'bindings', 'tokens', 'webhooks'].map((name) => ({ name, ...live })),
        },
        unknownEvents: [],
        rebuild: null,
      },
    });
  });

  it('is answered at /readyz too, with the same status and report', async () => {
    const store = new AbsentStore(openEmbeddedStore({ path: ':memory:' }));
    const node = await start({ store });
    await create(node, 'one');
    store.takeAway();
    const answer = await fetch(`${node.url}/readyz`);
    expect({ status: answer.status, report: await answer.json() }).toEqual(await health(node));
  });

  it('is 503 at /readyz while queries cannot be answered, and /livez stays 200', async () => {
    let damaged = false;
    const node = await start({
      projections: shippedWith('apps', () => {
        if (damaged) throw diskFull();
        damaged = true;
        throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
      }),
    });
    await node.api.refuse('createApp', 'CreateAppInput', { name: 'one' });
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    const alive = await fetch(`${node.url}/livez`);
    expect({ status: alive.status, report: await alive.json() }).toEqual({ status: 200, report: { status: 'up' } });
  });

  it('counts the events that only a newer program can read', async () => {
    const store = openEmbeddedStore({ path: ':memory:' });
    const node = await start({ store });
    await store.append('app-1', 'no_stream', [newEvent({}, 'FromTheFuture')]);
    const { position } = await create(node, 'one');
    expect((await health(node)).report).toMatchObject({
      status: 'ready',
      store: { head: position },
      unknownEvents: [{ type: 'FromTheFuture', schemaVersion: 1, events: 1 }],
    });
  });

  it('tells of a stopped projection since which event, and nothing of the error', async () => {
    const node = await start({
      projections: shippedWith('apps', ({ data }) => {
        if (data['name'] === 'poison') throw new Error('SELECT secrets FROM apps');
      }),
    });
    const { position } = await create(node, 'one');
    const error = await node.api.refuse('createApp', 'CreateAppInput', { name: 'poison' });
    const { status, report } = await health(node);
    expect(status).toBe(200);
    expect(report.status).toBe('degraded');
    expect(report.readModels.projections.find(({ name }) => name === 'apps')).toEqual({
      name: 'apps',
      state: 'STOPPED',
      position,
      lag: 1,
      stopped: { position: error.extensions['position'], eventType: 'AppCreated' },
    });
    expect(JSON.stringify(report)).not.toContain('SELECT');
  });

  it('tells that the store is away, while queries are answered', async () => {
    const store = new AbsentStore(openEmbeddedStore({ path: ':memory:' }));
    const node = await start({ store });
    await create(node, 'one');
    store.takeAway();
    const { status, report } = await health(node);
    expect(status).toBe(200);
    expect(report).toMatchObject({ status: 'degraded', store: { reachable: false, head: null } });
    expect(report.readModels.projections.map(({ lag }) => lag)).toEqual([null, null, null, null, null, null, null]);
    store.bringBack();
    expect((await health(node)).report.status).toBe('ready');
  });

  it('tells how far a rebuild is', async () => {
    let held = false;
    const node = await start({
      projections: shippedWith('history', () => {
        if (held) throw diskFull();
      }),
    });
    await create(node, 'one');
    held = true;
    const { rebuildReadModels } = await node.api.ask('mutation { rebuildReadModels { servingGeneration generation } }');
    expect(rebuildReadModels).toEqual({ servingGeneration: 1, generation: 2 });
    const { status, report } = await health(node);
    expect(status).toBe(200);
    expect(report.rebuild).toMatchObject({
      generation: 2,
      projections: [{ name: 'apps', state: 'REBUILDING', lag: 1 }, {}, {}, {}, {}, {}, {}],
    });
    held = false;
    const after = await until(node, ({ rebuild }) => rebuild === null);
    expect(after.readModels).toMatchObject({
      generation: 2,
      projections: [{ name: 'apps', state: 'LIVE', lag: 0 }, {}, {}, {}, {}, {}, {}],
    });
  });

  it('is 503 with read models that are damaged, and queries say when to try again, until they are made anew', async () => {
    let damaged = true;
    let held = true;
    const node = await start({
      projections: shippedWith('apps', ({ data }) => {
        if (data['name'] === 'second' && damaged) {
          damaged = false;
          throw Object.assign(new Error('database disk image is malformed'), { errcode: 11 });
        }
        if (!damaged && held) throw diskFull();
      }),
    });
    await create(node, 'first');
    await node.api.refuse('createApp', 'CreateAppInput', { name: 'second' });
    const { status, report } = await health(node);
    expect(status).toBe(503);
    expect(report).toMatchObject({ status: 'unavailable', readModels: { generation: 1 }, rebuild: { generation: 2 } });
    const error = await node.api.refusal('{ apps { totalCount } }');
    expect(error.extensions).toEqual({ code: 'READ_MODEL_UNAVAILABLE', retryAfterSeconds: 5 });
    expect(error.message).not.toMatch(/database|SELECT/);
    held = false;
    await until(node, ({ status }) => status === 'ready');
    expect(await node.api.ask('{ apps { totalCount } }')).toEqual({ apps: { totalCount: 2 } });
  });
});
