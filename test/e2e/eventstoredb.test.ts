import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RegraftServer } from '../../src/server.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { Api } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const REGRAFT = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
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

  async function startNode(dataDir = newFolder()): Promise<Api> {
    const config = { host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent', eventStoreUrl: store.url } as const;
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

  async function rebuildIn(dataDir: string): Promise<{ code: number | null; said: string }> {
    const env = { PATH: process.env['PATH'], LOG_LEVEL: 'silent', REGRAFT_DATA_DIR: dataDir, EVENTSTORE_URL: store.url };
    const child = spawn(process.execPath, [REGRAFT, 'rebuild'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  it('does not rebuild read models that a running server has, and leaves them; once it has stopped, makes them anew', async () => {
    const dataDir = newFolder();
    const api = await startNode(dataDir);
    await api.mutate('createApp', 'CreateAppInput', { name: 'shop' }, 'position');
    const files = readdirSync(dataDir).sort();
    const refused = await rebuildIn(dataDir);
    expect(refused.said).toMatch(/^another process has .*read-model-1\.db open: stop it, or name another data folder\n$/);
    expect(refused.code).toBe(1);
    expect(readdirSync(dataDir).sort()).toEqual(files);
    expect((await api.ask(APPS)).apps.edges).toHaveLength(1);

    await Promise.all(nodes.splice(0).map((node) => node.close()));
    expect(await rebuildIn(dataDir)).toEqual({ code: 0, said: 'The read models are rebuilt from 1 events.\n' });
    expect(readdirSync(dataDir).filter((name) => name.startsWith('read-model'))).toEqual(['read-model-2.db']);
    expect((await (await startNode(dataDir)).ask(APPS)).apps.edges).toHaveLength(1);
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
