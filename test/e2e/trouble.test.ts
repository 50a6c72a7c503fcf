import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReadModelFolderError } from '../../src/projector/errors.js';
import { startServer, type RegraftServer } from '../../src/server.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { explainStartError } from '../../src/start-error.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { Api, startTestNode } from '../support/server.js';

describe('trouble with the data folder', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'regraft-trouble-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const start = (folder = dataDir, port = 0): Promise<RegraftServer> =>
    startServer({ host: '127.0.0.1', port, dataDir: folder, logLevel: 'silent' }, { logger: pino({ level: 'silent' }) });
  const create = (url: string, name: string): Promise<unknown> => new Api(url).mutate('createApp', 'CreateAppInput', { name }, 'position');
  const count = async (url: string): Promise<unknown> => (await new Api(url).ask('{ apps { totalCount } }')).apps.totalCount;

  it('refuses a second server on one folder, says why, and does not disturb the first', async () => {
    const server = await start();
    await create(server.url, 'one');
    await expect(start()).rejects.toThrow(StoreUnavailableError);
    await expect(start()).rejects.toThrow(/another process has .* open: stop it, or name another data folder/);
    await create(server.url, 'two');
    expect(await count(server.url)).toBe(2);
    await server.close();
  });

  it('says so where no folder can be made', async () => {
    const file = join(dataDir, 'a-file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'data')]) {
      const error: unknown = await start(folder).catch((thrown: unknown) => thrown);
      expect(explainStartError(error)).toMatch(/^REGRAFT_DATA_DIR is .*: that is a file, or in one/);
    }
  });

  it('says so where the log, or the read models, cannot be written', async () => {
    mkdirSync(join(dataDir, 'log.db'));
    await expect(start()).rejects.toThrow(StoreUnavailableError);
    rmSync(join(dataDir, 'log.db'), { recursive: true });
    mkdirSync(join(dataDir, 'read-model-1.db'));
    await expect(start()).rejects.toThrow(ReadModelFolderError);
    rmSync(join(dataDir, 'read-model-1.db'), { recursive: true });
    // Nothing was left locked by the attempts.
    await (await start()).close();
  });

  it('lets go of the folder where the port is taken', async () => {
    const server = await start();
    const other = mkdtempSync(join(tmpdir(), 'regraft-trouble-'));
    await expect(start(other, Number(new URL(server.url).port))).rejects.toThrow(/EADDRINUSE/);
    await (await start(other)).close();
    await server.close();
    rmSync(other, { recursive: true });
  });

  it('makes damaged read models anew at the start', async () => {
    const before = await start();
    await create(before.url, 'one');
    await before.close();
    writeFileSync(join(dataDir, 'read-model-1.db'), 'no database '.repeat(1000));
    const after = await start();
    expect(await count(after.url)).toBe(1);
    await after.close();
  });
});

it('a clock that is set back changes neither the order of the history nor what is shown', async () => {
  let clock = Date.parse('2026-06-01T12:00:00Z');
  const node = await startTestNode({ store: openEmbeddedStore({ path: ':memory:', now: () => clock }) });
  for (const name of ['first', 'second', 'third']) {
    await node.api.mutate('createApp', 'CreateAppInput', { name }, 'app { id } position');
    clock -= 3_600_000;
  }
  const { history, apps } = await node.api.ask(
    '{ history(filter: { from: "2026-06-01T12:00:00Z" }) { edges { node { recordedAt data } } } apps { totalCount } }',
  );
  const events = history.edges.map(({ node: event }: { node: { recordedAt: string; data: { name: string } } }) => event);
  expect(events.map(({ data }: { data: { name: string } }) => data.name)).toEqual(['first', 'second', 'third']);
  expect(new Set(events.map(({ recordedAt }: { recordedAt: string }) => recordedAt)).size).toBe(1);
  expect(apps.totalCount).toBe(3);
  await node.close();
});
