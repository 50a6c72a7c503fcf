import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createClient,
  CreateAppDocument,
  HistoryDocument,
  ImportComposeDocument,
  InstallTemplateDocument,
  PublishTemplateDocument,
  RegraftError,
  RollbackUpgradeDocument,
  UpgradeAppDocument,
  type HistoryQuery,
  type RegraftClient,
} from '@regraft/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UPGRADE_EVENTS } from '../../src/graphql/history/subscribe.js';
import { seededRandom } from '../corpus/random.js';
import { BuiltServer, kill, type Running } from '../support/built-server.js';

/** MIRROR_KILLS=200 npx vitest run test/client/mirror-kills.test.ts for more of them; MIRROR_SEED for the moments of an earlier run. */
const KILLS = Number(process.env['MIRROR_KILLS'] || 12);
const SEED = process.env['MIRROR_SEED'] || String(Date.now());
/** A few events. */
const MAX_BYTES_BETWEEN = 8_000;

describe(`the mirror of upgrades, killed ${KILLS} times (MIRROR_SEED=${SEED})`, () => {
  let server: BuiltServer;
  let running: Running;
  let mirrors: ChildProcess[];
  beforeEach(async () => {
    server = new BuiltServer();
    running = await server.start();
    mirrors = [];
  });
  afterEach(() => {
    for (const mirror of mirrors) mirror.kill('SIGKILL');
    server.remove();
  });

  const startMirror = (path: string): ChildProcess => {
    const environment = { PATH: process.env['PATH'], REGRAFT_URL: running.api.url };
    const mirror = spawn(process.execPath, ['client/examples/mirror-upgrades.ts', path], { env: environment, stdio: 'ignore' });
    mirrors.push(mirror);
    return mirror;
  };

  it('has every event exactly once and in order, the server killed in between too', { timeout: 60_000 + KILLS * 5_000 }, async () => {
    const random = seededRandom(SEED);
    const { url } = running.api;
    const client = createClient({ url });
    const path = join(server.dataDir, 'upgrades.jsonl');
    const load = new AbortController();
    const loading = upgradeAndBack(client, await install(client), load.signal);

    for (let kills = 0; kills < KILLS; kills++) {
      const mirror = startMirror(path);
      await once(mirror, 'spawn');
      await growth(path, random.integer(MAX_BYTES_BETWEEN));
      if (kills === Math.floor(KILLS / 2)) {
        await kill(running.child);
        running = await server.start({ PORT: new URL(url).port });
        await growth(path, 1);
      }
      mirror.kill('SIGKILL');
      await once(mirror, 'exit');
    }
    load.abort();
    await loading;

    const expected = await upgradeEvents(client);
    const last = startMirror(path);
    await expect.poll(() => readFileSync(path, 'utf8').split('\n').length - 1, { timeout: 20_000 }).toBe(expected.length);
    last.kill('SIGTERM');
    expect(await once(last, 'exit')).toEqual([0, null]);

    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(expected);
    console.log(JSON.stringify({ seed: SEED, kills: KILLS, events: expected.length }));
  });
});

/** Resolves when a file has become larger by some bytes. */
async function growth(path: string, bytes: number): Promise<void> {
  const size = (): number => (existsSync(path) ? statSync(path).size : 0);
  const before = size();
  await expect.poll(size, { interval: 1, timeout: 20_000 }).toBeGreaterThanOrEqual(before + bytes);
}

/** An app of version 1.0, of a template that has a version 1.1. */
async function install(client: RegraftClient): Promise<string> {
  const { createApp } = await client.mutate(CreateAppDocument, { input: { name: 'Shop (source)' } });
  const appId = createApp.app.id;
  let templateId: string | undefined;
  for (const version of ['1.0', '1.1']) {
    const content = `services: { web: { image: "example/web:${version}" }, db: { image: "postgres:16" } }`;
    await client.mutate(ImportComposeDocument, { input: { appId, files: [{ name: 'compose.yaml', content }] } });
    const published = await client.mutate(PublishTemplateDocument, {
      input: { appId, version, ...(templateId === undefined ? { name: 'shop' } : { templateId }) },
    });
    templateId = published.publishTemplate.template.id;
  }
  if (templateId === undefined) throw new Error('nothing was published');
  const installed = await client.mutate(InstallTemplateDocument, { input: { templateId, version: '1.0', appName: "Ada's shop" } });
  return installed.installTemplate.app.id;
}

/** Upgrades an app, and goes back and forth, until the signal. */
async function upgradeAndBack(client: RegraftClient, appId: string, signal: AbortSignal): Promise<void> {
  const start = { appId, toVersion: '1.1', commandId: crypto.randomUUID() };
  let { id: upgradeId } = (await persistently(() => client.mutate(UpgradeAppDocument, { input: start }))).upgradeApp.upgrade;
  while (!signal.aborted) {
    const input = { appId, upgradeId, commandId: crypto.randomUUID() };
    upgradeId = (await persistently(() => client.mutate(RollbackUpgradeDocument, { input }))).rollbackUpgrade.upgrade.id;
  }
}

/** Sends a mutation again, which has a commandId, while the server is away. */
async function persistently<Result>(send: () => Promise<Result>): Promise<Result> {
  let result: Result | undefined;
  await expect
    .poll(
      async () => {
        try {
          result = await send();
          return true;
        } catch (error) {
          if (error instanceof RegraftError && error.passes) return false;
          throw error;
        }
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  if (result === undefined) throw new Error('there is no answer');
  return result;
}

/** The ids of all events of upgrades, as an auditor reads them. */
async function upgradeEvents(client: RegraftClient): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const { history }: HistoryQuery = await client.query(HistoryDocument, { filter: { types: [...UPGRADE_EVENTS] }, first: 100, after });
    ids.push(...history.edges.map(({ node }) => node.id));
    if (!history.pageInfo.hasNextPage) return ids;
    after = history.pageInfo.endCursor;
  }
}
