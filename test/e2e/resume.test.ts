import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UPGRADE_EVENTS } from '../../src/graphql/history/subscribe.js';
import { BuiltServer, kill } from '../support/built-server.js';
import { ReleaseShop } from '../support/release-shop.js';
import { clients, Resuming } from '../support/resuming.js';
import type { Api } from '../support/server.js';

const KINDS = ['graphql-ws', 'graphql-sse'] as const satisfies readonly (keyof typeof clients)[];

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Writes until it is told to end, and goes on trying while nobody is there. */
async function writeUntil(api: Api, signal: AbortSignal, written: () => void): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    await api.mutate('createApp', 'CreateAppInput', { name: `app ${n}` }, 'position').then(written, () => turn());
  }
}

async function upgradeOnce(shop: ReleaseShop, version: number): Promise<void> {
  const { appId } = await shop.install(`${version}.0`);
  await shop.change({ web: { image: `web:${version + 1}` } });
  await shop.publish(`${version + 1}.0`);
  await shop.api.mutate('upgradeApp', 'UpgradeAppInput', { appId, toVersion: `${version + 1}.0` }, 'position');
}

/** The ids of all events in the log, in order. */
async function log(api: Api): Promise<readonly { id: string; type: string }[]> {
  const events: { id: string; type: string }[] = [];
  for (let after: string | null = null; ;) {
    const query =
      'query ($after: String) { history(first: 100, after: $after) { edges { node { id type } } pageInfo { hasNextPage endCursor } } }';
    const { history } = await api.ask(query, { after });
    events.push(...history.edges.map(({ node }: { node: { id: string; type: string } }) => node));
    if (!history.pageInfo.hasNextPage) return events;
    after = history.pageInfo.endCursor as string;
  }
}

describe('clients that resume', () => {
  let server: BuiltServer;
  beforeEach(() => {
    server = new BuiltServer();
  });
  afterEach(() => server.remove());

  it.each([
    ['stopped', stop],
    ['killed', kill],
  ])(
    'have every event once and in order after the server was %s twice while it wrote, over WebSocket and Server-Sent Events',
    { timeout: 120_000 },
    async (_how, end) => {
      let running = await server.start();
      const { api } = running;
      const { port } = new URL(api.url);
      const shop = await ReleaseShop.open(api, 'shop', { web: { image: 'web:1' } });
      const all = KINDS.map((kind) => new Resuming(kind, api.url, 'events'));
      const ofUpgrades = KINDS.map((kind) => new Resuming(kind, api.url, 'upgradeEvents'));
      const writing = new AbortController();
      let written = 0;
      const writers = [1, 2].map(() => writeUntil(api, writing.signal, () => written++));

      await upgradeOnce(shop, 1);
      for (const version of [2, 3]) {
        const before = written;
        await vi.waitUntil(() => written > before + 30, { timeout: 20_000 });
        await end(running.child);
        running = await server.start({ PORT: port });
        await upgradeOnce(shop, version);
      }
      writing.abort();
      await Promise.all(writers);

      const events = await log(api);
      const ids = events.map(({ id }) => id);
      const upgrades = events.filter(({ type }) => UPGRADE_EVENTS.includes(type)).map(({ id }) => id);
      expect(upgrades.length).toBeGreaterThanOrEqual(9);
      for (const [followers, expected] of [
        [all, ids],
        [ofUpgrades, upgrades],
      ] as const) {
        for (const follower of followers) {
          await vi.waitUntil(() => follower.eventIds.at(-1) === expected.at(-1), { timeout: 20_000 });
          expect(follower.eventIds).toEqual(expected);
          expect(follower.ended).toBeUndefined();
          follower.close();
        }
      }
      await stop(running.child);
    },
  );
});
