import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { startServer, type RegraftServer } from '../../src/server.js';
import { Api } from '../support/server.js';

const folder = mkdtempSync(join(tmpdir(), 'regraft-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('read models that are ahead of a log that was restored from an older copy are made anew', async () => {
  const dataDir = join(folder, 'data');
  const start = (): Promise<RegraftServer> =>
    startServer({ host: '127.0.0.1', port: 0, dataDir, logLevel: 'silent' }, { logger: pino({ level: 'silent' }) });
  const create = (server: RegraftServer, name: string): Promise<unknown> =>
    new Api(server.url).mutate('createApp', 'CreateAppInput', { name }, 'app { name }');
  const names = async (server: RegraftServer): Promise<string[]> => {
    const { apps } = await new Api(server.url).ask('{ apps { edges { node { name } } } }');
    return apps.edges.map((edge: { node: { name: string } }) => edge.node.name) as string[];
  };

  const first = await start();
  await create(first, 'one');
  await first.close();
  cpSync(join(dataDir, 'log.db'), join(folder, 'copy.db'));
  const second = await start();
  for (const name of ['two', 'three']) await create(second, name);
  await second.close();

  rmSync(join(dataDir, 'log.db'));
  cpSync(join(folder, 'copy.db'), join(dataDir, 'log.db'));
  const restored = await start();
  expect(await names(restored)).toEqual(['one']);
  await create(restored, 'four');
  expect(await names(restored)).toEqual(['four', 'one']);
  await restored.close();
});
