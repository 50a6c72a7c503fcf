import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchCommand } from '../../src/cli/apps/watch.js';
import { InterruptedError } from '../../src/cli/errors.js';
import { NOT_ALLOWED, OK, UNREACHABLE } from '../../src/cli/exit-code.js';
import { BuiltServer, kill } from '../support/built-server.js';
import { startTestNode, startTestServer, type Api, type TestServer } from '../support/server.js';
import { desk, type Desk } from './desk.js';

const ALL = { type: [] };

/** The names of the apps that were watched being made, so far. */
function watched(watching: Desk, before: string[] = []): string[] {
  const lines = watching.out().split('\n').filter(Boolean);
  before.push(...lines.map((line) => (JSON.parse(line) as { data: { name: string } }).data.name));
  return before;
}

async function make(api: Api, ...names: readonly string[]): Promise<void> {
  for (const name of names) await api.mutate('createApp', 'CreateAppInput', { name }, 'position');
}

describe('watch', () => {
  describe('over a server that is killed', () => {
    const built = new BuiltServer();
    afterEach(() => built.remove());

    it('goes on where it was: each event once, in order, none missed', { timeout: 60_000 }, async () => {
      const first = await built.start();
      const { port } = new URL(first.api.url);
      const watching = desk(first.api.url, { json: true });
      const ended = watchCommand(watching, { type: ['AppCreated'], fromBeginning: true });
      await make(first.api, 'a', 'b');
      const seen: string[] = [];
      await vi.waitUntil(() => watched(watching, seen).length >= 2, { timeout: 20_000 });
      await kill(first.child);
      await vi.waitUntil(() => watching.notes().includes('connection lost'), { timeout: 20_000 });
      const second = await built.start({ PORT: port });
      await make(second.api, 'c', 'd');
      await vi.waitUntil(() => watched(watching, seen).length >= 4, { timeout: 30_000 });
      expect(seen).toEqual(['a', 'b', 'c', 'd']);
      watching.stop.abort(new InterruptedError('interrupted'));
      await expect(ended).rejects.toThrow('interrupted');
    });
  });

  describe('over connections that break', () => {
    let server: TestServer;
    let between: Server;
    const open = new Set<Socket>();
    beforeEach(async () => {
      server = await startTestServer();
      between = createServer((socket) => {
        open.add(socket);
        const onwards = createConnection(Number(new URL(server.url).port), '127.0.0.1');
        for (const [one, other] of [
          [socket, onwards],
          [onwards, socket],
        ] as const) {
          one.on('error', () => other.destroy());
          one.on('close', () => other.destroy());
          one.pipe(other);
        }
      }).listen(0, '127.0.0.1');
      await once(between, 'listening');
    });
    afterEach(async () => {
      for (const socket of open) socket.destroy();
      between.close();
      await server.close();
    });

    it('misses nothing that happened while none stood, and begins at the end of the log as it was when it was started', async () => {
      await make(server.api, 'before');
      const watching = desk(`http://127.0.0.1:${(between.address() as AddressInfo).port}`, { json: true });
      const ended = watchCommand(watching, { type: ['AppCreated'], limit: 6 });
      const seen: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        // At first the one that the end of the log was asked over, and then that of the subscription.
        await vi.waitUntil(() => open.size >= (name === 'a' ? 2 : 1));
        await make(server.api, `${name}1`);
        await vi.waitUntil(() => watched(watching, seen).includes(`${name}1`));
        for (const socket of open) socket.destroy();
        open.clear();
        await make(server.api, `${name}2`);
      }
      expect(await ended).toBe(OK);
      expect(watched(watching, seen)).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    });
  });

  it('is refused at once where a name, a position or a token is not good, or nobody is there', async () => {
    const server = await startTestServer();
    await expect(watchCommand(desk(server.url), { ...ALL, after: 'nowhere' })).rejects.toMatchObject({ code: 'POSITION_UNKNOWN' });
    await expect(watchCommand(desk(server.url), { ...ALL, app: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await server.close();
    await expect(watchCommand(desk(server.url), { ...ALL, fromBeginning: true })).rejects.toMatchObject({ exitCode: UNREACHABLE });
  });

  it('ends with 6 where its token lets nobody in', async () => {
    const node = await startTestNode({ access: 'tokens' });
    await expect(watchCommand(desk(node.url, { token: 'none' }), { ...ALL, fromBeginning: true })).rejects.toMatchObject({
      exitCode: NOT_ALLOWED,
    });
    await node.close();
  });
});
