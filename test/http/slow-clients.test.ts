import { subscribe as onServerEvent, unsubscribe } from 'node:diagnostics_channel';
import type { Socket as TcpSocket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventWriter } from '../../src/commands/event-writer.js';
import { eventSchemas } from '../../src/domain/event-catalogue.js';
import type { AppId } from '../../src/domain/ids.js';
import { ROOM_BYTES } from '../../src/http/outlet.js';
import { EventCodec } from '../../src/store/codec.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { BEFORE_FIRST, type EventStore } from '../../src/store/event-store.js';
import { systemRuntime } from '../../src/system-runtime.js';
import { tester } from '../support/backend.js';
import { EventReader } from '../support/event-reader.js';
import { startTestNode, type TestNode } from '../support/server.js';
import { Socket } from '../support/socket.js';

/** More than both ends of a connection and the system in between hold: some ten megabytes. */
const EVENTS = 2_000;
const NAME = 'n'.repeat(12_000);
/** What is on its way when the bound is reached. */
const ONE_MESSAGE = 14_000;

const SUBSCRIPTIONS = Array.from({ length: 30 }, (_, n) => String(n + 1));

const FOLLOW = 'subscription ($after: Position) { events(after: $after, from: BEGINNING) { position event { id data } } }';

interface Message {
  readonly position: string;
  readonly event: { readonly id: string } | null;
}

describe('a subscriber that does not read', () => {
  let store: EventStore;
  let node: TestNode;
  let log: AsyncIterator<string>;
  const served: TcpSocket[] = [];
  const keep = (message: unknown): void => void served.push((message as { socket: TcpSocket }).socket);

  beforeEach(async () => {
    onServerEvent('net.server.socket', keep);
    const lines = new PassThrough();
    log = createInterface({ input: lines })[Symbol.asyncIterator]();
    store = openEmbeddedStore({ path: ':memory:' });
    node = await startTestNode({ store }, { limits: { unreadMs: 3_000 }, logger: pino(lines) });
  });
  afterEach(async () => {
    unsubscribe('net.server.socket', keep);
    served.length = 0;
    await node.close();
  });

  /** Appends all, and tells the most that the server held for a client meanwhile and until it let that client go. */
  async function appendAll(letGo: Promise<void>): Promise<number> {
    let most = 0;
    const look = (): void => {
      most = Math.max(most, ...served.map(({ writableLength }) => writableLength));
    };
    const timer = setInterval(look, 1);
    const writer = new EventWriter(store, new EventCodec(eventSchemas), systemRuntime);
    for (let n = 0; n < EVENTS; n++) {
      const appId = systemRuntime.newId() as AppId;
      const data = { appId, name: NAME, team: 'makers' };
      await writer.append(`app-${appId}`, 'no_stream', [{ type: 'AppCreated', data }], tester);
      look();
    }
    await letGo;
    clearInterval(timer);
    return most;
  }

  async function logged(text: string): Promise<void> {
    for (;;) {
      const { value, done } = await log.next();
      if (done) throw new Error(`it was not logged: ${text}`);
      if (value.includes(text)) return;
    }
  }

  /** Resumes after what came before it was let go, on a connection of its own. */
  async function expectTheRest(before: readonly Message[]): Promise<void> {
    const expected = (await store.readAll({ after: BEFORE_FIRST, limit: 2 * EVENTS })).map(({ eventId }) => eventId);
    const ids = idsOf(before);
    expect(ids.length).toBeLessThan(expected.length);
    const again = await Socket.open(node.url);
    again.subscribe('1', FOLLOW, { after: before.at(-1)?.position ?? null });
    while (ids.length < expected.length) ids.push(...idsOf([ofSocket(await again.next(({ id }) => id === '1'))]));
    expect(ids).toEqual(expected);
    again.terminate();
  }

  it('over WebSocket costs bounded memory, is closed with 1013, and has every event once it resumes', { timeout: 60_000 }, async () => {
    const slow = await Socket.open(node.url);
    slow.pause();
    for (const id of SUBSCRIPTIONS) slow.subscribe(id, FOLLOW);
    const closed = slow.closed();
    // It has a while to read why it was let go.
    const most = await appendAll(logged('does not read its WebSocket').then(() => slow.resume()));
    // Each has one message on its way at the most.
    expect(most).toBeGreaterThan(ROOM_BYTES);
    expect(most).toBeLessThan(ROOM_BYTES + SUBSCRIPTIONS.length * ONE_MESSAGE);
    expect(await closed).toBe(1013);
    await expectTheRest(slow.takeAll(({ id }) => id === '1').map(ofSocket));
  });

  it('over Server-Sent Events costs bounded memory, is cut, and has every event once it resumes', { timeout: 60_000 }, async () => {
    const slow = new EventReader(
      await fetch(`${node.url}/graphql`, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ query: FOLLOW }),
      }),
    );
    const before: Message[] = [];
    const read = async (): Promise<void> => {
      for (let answer = await slow.next(); answer !== 'cut'; answer = await slow.next()) {
        before.push((answer as { data: { events: Message } }).data.events);
      }
    };
    const most = await appendAll(logged('does not read its stream of events').then(read));
    expect(most).toBeGreaterThan(ROOM_BYTES);
    expect(most).toBeLessThan(ROOM_BYTES + 2 * ONE_MESSAGE);
    expect(slow.comments).toContain('too slow to read: subscribe again after the last position that you have');
    await expectTheRest(before);
  });
});

function idsOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ event }) => event?.id ?? []);
}

function ofSocket({ payload }: { readonly payload?: unknown }): Message {
  return (payload as { data: { events: Message } }).data.events;
}
