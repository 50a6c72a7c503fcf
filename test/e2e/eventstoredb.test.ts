import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RegraftServer } from '../../src/server.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { Api } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const APPS = '{ apps(first: 10) { edges { node { name } } } }';

describe('Regraft on EventStoreDB', () => {
  let store: TestEventStoreDb;
  const folders: string[] = [];
  const nodes: RegraftServer[] = [];
  beforeEach(async () => {
    store = await TestEventStoreDb.start();
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    store.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  function newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'regraft-esdb-'));
    folders.push(folder);
    return folder;
  }

  async function startNode(): Promise<Api> {
    const config = { host: '127.0.0.1', port: 0, dataDir: newFolder(), logLevel: 'silent', eventStoreUrl: store.url } as const;
    const node = await startServer(config, { logger: pino({ level: 'silent' }) });
    nodes.push(node);
    return new Api(node.url);
  }

  it('shows on one node what was written on another, by the position; and on a node that comes later', async () => {
    const [first, second] = [await startNode(), await startNode()];
    const { position } = await first.mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'position');
    const reader = new Api(second.url, { 'regraft-min-position': position });
    const later = await startNode();
    for (const api of [first, reader, later]) {
      const { apps } = await api.ask(APPS);
      expect(apps.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['shop']);
    }
  });

  it('answers queries while EventStoreDB is gone, and refuses mutations as unavailable; both go on when it is back', async () => {
    const api = await startNode();
    await api.mutate('createApp', 'CreateAppInput', { name: 'one' }, 'position');
    store.stop();
    expect((await api.ask(APPS)).apps.edges).toHaveLength(1);
    const refusal = await api.refuse('createApp', 'CreateAppInput', { name: 'two' });
    expect(refusal.extensions.code).toBe('STORE_UNAVAILABLE');
    expect(refusal.message).not.toMatch(/grpc|ECONN|UNAVAILABLE:/i);
    await store.start();
    await expect
      .poll(async () => (await api.send('mutation { createApp(input: { name: "three" }) { position } }')).errors, { timeout: 20_000 })
      .toBe(undefined);
    await expect.poll(async () => (await api.ask(APPS)).apps.edges.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  });

  it('does not start where EventStoreDB refuses it: says why in one line, and exits with 1', async () => {
    store.faults.allDenied = true;
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: newFolder(), EVENTSTORE_URL: store.url },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(text).toMatch(/^the event store is unavailable: .* does not let the user in EVENTSTORE_URL read \$all.*\n$/);
  });
});
