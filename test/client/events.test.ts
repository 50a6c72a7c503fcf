import { createClient, CreateAppDocument, EventsDocument, type RegraftClient } from '@regraft/client';
import { afterEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { TokenDesk } from '../access/token-desk.js';
import { startTestNode, startTestServer, type TestServer } from '../support/server.js';

describe('the events of a server', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  const start = async (): Promise<TestServer> => {
    const server = await startTestServer();
    open.push(server);
    return server;
  };
  const createApps = async (client: RegraftClient, names: readonly string[]): Promise<void> => {
    for (const name of names) await client.mutate(CreateAppDocument, { input: { name } });
  };

  it('come from the beginning, then as they happen, with their types', async () => {
    const client = createClient({ url: (await start()).url });
    await createApps(client, ['one', 'two']);
    const names: unknown[] = [];
    for await (const { event, caughtUp } of client.subscribe(EventsDocument, { from: 'BEGINNING', types: ['AppCreated'] })) {
      if (event) names.push((event.data as { name: string }).name);
      if (caughtUp && names.length === 2) await createApps(client, ['three']);
      if (names.length === 3) break;
    }
    expect(names).toEqual(['one', 'two', 'three']);
  });

  it('are taken by many consumers of one client, each at its own pace', async () => {
    const client = createClient({ url: (await start()).url });
    await createApps(client, ['one', 'two', 'three', 'four', 'five']);
    const take = async (capacity: number): Promise<number> => {
      let taken = 0;
      for await (const { event } of client.subscribe(EventsDocument, { from: 'BEGINNING', types: ['AppCreated'] }, { capacity })) {
        if (event && ++taken === 5) break;
      }
      return taken;
    };
    expect(await Promise.all([1, 2, 3, 1_000].map(take))).toEqual([5, 5, 5, 5]);
  });

  it('are refused after a position of another log', async () => {
    const elsewhere = createClient({ url: (await start()).url });
    const { createApp } = await elsewhere.mutate(CreateAppDocument, { input: { name: 'there' } });
    const here = createClient({ url: (await start()).url });
    await expect(here.subscribe(EventsDocument, { after: createApp.position }).next()).rejects.toMatchObject({ code: 'POSITION_UNKNOWN' });
  });

  describe('where access is by tokens', () => {
    it('are not for who has none', async () => {
      const node = await startTestNode({ access: 'tokens' });
      open.push(node);
      for (const variables of [{}, { from: 'BEGINNING' as const }]) {
        const messages = createClient({ url: node.url }).subscribe(EventsDocument, variables);
        await expect(messages.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', passes: false });
      }
    });

    it('end for who bears a token that is revoked', async () => {
      const store = openEmbeddedStore({ path: ':memory:' });
      const desk = new TokenDesk(store);
      const { secret, tokenId } = await desk.create();
      const node = await startTestNode({ store, access: 'tokens' });
      open.push(node);
      const messages = createClient({ url: node.url, token: secret }).subscribe(EventsDocument, { from: 'BEGINNING' });
      const taken: boolean[] = [];
      const following = (async () => {
        for await (const { caughtUp } of messages) {
          taken.push(caughtUp);
          if (caughtUp) await desk.revoke(tokenId);
        }
      })();
      await expect(following).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(taken).toContain(true);
    });
  });
});
