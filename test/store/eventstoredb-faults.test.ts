import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import type { EventStore, Position, RecordedEvent } from '../../src/store/event-store.js';
import { openEventStoreDb } from '../../src/store/eventstoredb/open.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { newEvent, newEvents } from './contract.js';

const until = (condition: () => unknown): Promise<void> =>
  vi.waitFor(
    () => {
      if (!condition()) throw new Error('not yet');
    },
    { timeout: 20_000, interval: 20 },
  );

describe('EventStoreDB that fails', () => {
  let server: TestEventStoreDb;
  let store: EventStore;
  let stop: AbortController;
  beforeEach(async () => {
    server = await TestEventStoreDb.start();
    store = await openEventStoreDb({ url: server.url, logger: silentLogger, timeoutMs: 500 });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await store.close();
    server.stop();
  });

  /** Follows until the end of the test. */
  function followAll(after: Position = -1): { seen: unknown[]; positions: Position[]; ended: Promise<void> } {
    const seen: unknown[] = [];
    const positions: Position[] = [];
    const ended = (async () => {
      for await (const { events, position } of store.follow({ after, signal: stop.signal, pageSize: 10 })) {
        seen.push(...events.map(({ data }) => data['n']));
        positions.push(position);
      }
    })();
    return { seen, positions, ended };
  }

  it('does not write twice what was written when the answer was lost, and answers with where it is', async () => {
    server.faults.lostReplies = 1;
    const result = await store.append('a-1', 'no_stream', newEvents(2));
    const events = await store.readStream('a-1');
    expect(events).toHaveLength(2);
    expect(result).toEqual({ revision: 1, position: events[1]?.position });
  });

  it('acknowledges nothing where answers are lost again and again; the same append later finds what was written', async () => {
    const events = newEvents(2);
    server.faults.lostReplies = 2;
    await expect(store.append('a-1', 'no_stream', events)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await store.append('a-1', 'no_stream', events)).toMatchObject({ revision: 1 });
    expect(await store.readStream('a-1')).toHaveLength(2);
  });

  it('reads the position back where the server does not tell it', async () => {
    server.faults.noPositions = true;
    const { revision, position } = await store.append('a-1', 'no_stream', newEvents(3));
    expect((await store.readStream('a-1'))[revision]?.position).toBe(position);
  });

  it('gives up on calls that are not answered in time', async () => {
    server.faults.calls = 'slow';
    const calls = [
      store.append('a-1', 'no_stream', [newEvent()]),
      store.readStream('a-1'),
      store.readAll({ after: -1 }),
      store.readAt([5]),
      store.readFirst(['a-1', 'a-2']),
      store.head(),
    ];
    const message = 'the event store is unavailable: EventStoreDB does not answer in time';
    for (const result of await Promise.allSettled<unknown>(calls))
      expect(result).toMatchObject({ status: 'rejected', reason: { message } });
    server.faults.calls = undefined;
    await store.append('a-2', 'no_stream', [newEvent()]);
  });

  it('that is gone makes appends and reads fail as unavailable, without the driver’s words; when it is back all goes on by itself', async () => {
    const { seen } = followAll();
    await store.append('a-1', 'no_stream', [newEvent({ n: 0 })]);
    await until(() => seen.length === 1);
    server.stop();
    for (const call of [() => store.append('a-1', 0, [newEvent()]), () => store.readStream('a-1'), () => store.head()]) {
      const failure = call();
      await expect(failure).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(failure).rejects.toThrow(/^the event store is unavailable: EventStoreDB cannot be reached$/);
    }
    await server.start();
    await until(() =>
      store.append('a-1', 0, [newEvent({ n: 1 })]).then(
        () => true,
        () => false,
      ),
    );
    await until(() => seen.length === 2);
    expect(seen).toEqual([0, 1]);
  });

  it('that drops subscriptions again and again under load makes a follower miss nothing and repeat nothing', async () => {
    const { seen } = followAll();
    for (let n = 0; n < 200; n++) {
      await store.append('a-1', n === 0 ? 'no_stream' : n - 1, [newEvent({ n })]);
      if (n % 40 === 20) server.dropSubscriptions();
    }
    await until(() => seen.length >= 200);
    expect(seen).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('has one subscription for all who follow at the end of the log', async () => {
    await store.append('a-1', 'no_stream', newEvents(3));
    const followers = Array.from({ length: 200 }, () => followAll());
    await until(() => followers.every(({ seen }) => seen.length === 3));
    await store.append('a-1', 2, [newEvent({ n: 3 })]);
    await until(() => followers.every(({ seen }) => seen.length === 4));
    await until(() => server.subscriptions === 1);
  });

  it('lets nobody wait for followers that catch up and do not come for the next page; they go on where they were', async () => {
    const { position: after } = await store.append('a-1', 'no_stream', [newEvent({ n: -1 })]);
    await store.append('a-1', 0, newEvents(4));
    const held = Array.from({ length: 40 }, () => store.follow({ after, signal: stop.signal, pageSize: 1 }));
    const first = await Promise.all(held.map((pages) => pages.next()));
    const { seen } = followAll(after);
    await until(() => seen.length === 4);
    const second = await Promise.all(held.map((pages) => pages.next()));
    for (const [n, pages] of [first, second].entries()) {
      for (const { value } of pages) expect(value?.events.map(({ data }) => data['n'])).toEqual([n]);
    }
  });

  it('tells how far the log was looked at where only system events are added', async () => {
    await store.append('a-1', 'no_stream', newEvents(1));
    const { positions } = followAll();
    await until(() => positions.length > 0);
    const before = positions.at(-1) ?? 0;
    server.log.writeSystemEvents(2_000);
    await until(() => (positions.at(-1) ?? 0) > before);
    expect(server.log.hasBegunAt(positions.at(-1) ?? -1)).toBe(true);
  });

  it('goes on from a position whose record a scavenge removed, and misses nothing', async () => {
    await store.append('a-1', 'no_stream', [newEvent({ n: 0 })]);
    server.log.writeSystemEvents(5);
    const removed = server.log.events.at(-1)?.position ?? 0;
    await store.append('a-1', 0, [newEvent({ n: 1 })]);
    await store.append('a-1', 1, [newEvent({ n: 2 })]);
    server.log.scavengeSystemEvents();
    const { seen } = followAll(removed);
    await until(() => seen.length >= 2);
    expect(seen).toEqual([1, 2]);
  });

  it('shows readers nothing of the server’s own events, however many lie between, nor of the stream that names the log', async () => {
    await store.append('a-1', 'no_stream', [newEvent({ n: 0 })]);
    server.log.writeSystemEvents(1_000);
    await store.append('a-1', 0, [newEvent({ n: 1 })]);
    server.log.writeSystemEvents(1_000);
    const numbers = (events: readonly RecordedEvent[]): unknown[] => events.map(({ data }) => data['n']);
    expect(numbers(await store.readAll({ after: -1 }))).toEqual([0, 1]);
    expect(await store.head()).toBe((await store.readStream('a-1'))[1]?.position);
    const { seen } = followAll();
    await until(() => seen.length >= 2);
    expect(seen).toEqual([0, 1]);
  });

  it('has one log name, whoever opens it, also when many do at once', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => openEventStoreDb({ url: server.url, logger: silentLogger })));
    expect(new Set([store, ...others].map(({ logId }) => logId)).size).toBe(1);
    await Promise.all(others.map((other) => other.close()));
  });

  it('is found through any seed of a cluster', async () => {
    const url = `esdb://127.0.0.1:1,${server.address}?tls=false&maxDiscoverAttempts=3`;
    const clustered = await openEventStoreDb({ url, logger: silentLogger });
    expect(clustered.logId).toBe(store.logId);
    await clustered.close();
  });
});

describe('a cluster of EventStoreDB that is gone, and comes back', () => {
  it('fails calls as unavailable, also many at once, and goes on by itself', async () => {
    const server = await TestEventStoreDb.start();
    const url = `esdb://127.0.0.1:1,${server.address}?tls=false&maxDiscoverAttempts=2&discoveryInterval=20`;
    const store = await openEventStoreDb({ url, logger: silentLogger, timeoutMs: 2_000 });
    const stop = new AbortController();
    const seen: unknown[] = [];
    const following = (async () => {
      for await (const { events } of store.follow({ after: -1, signal: stop.signal })) seen.push(...events.map(({ data }) => data['n']));
    })();
    await store.append('a-0', 'no_stream', [newEvent({ n: 0 })]);
    await until(() => seen.length === 1);
    server.stop();
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 20 }, (_, i) => (i % 2 ? store.head() : store.append(`b-${i}`, 'no_stream', [newEvent()])));
      for (const result of await Promise.allSettled<unknown>(calls)) {
        expect(result.status === 'rejected' && result.reason instanceof StoreUnavailableError).toBe(true);
      }
    }
    await server.start();
    await until(() =>
      store.append('a-0', 0, [newEvent({ n: 1 })]).then(
        () => true,
        () => false,
      ),
    );
    await until(() => seen.length === 2);
    stop.abort();
    await following;
    await store.close();
    server.stop();
  });
});

describe('starting with EventStoreDB', () => {
  const open = (url: string, waitMs = 0): Promise<EventStore> => openEventStoreDb({ url, logger: silentLogger, waitMs, timeoutMs: 1_000 });
  let server: TestEventStoreDb;
  beforeEach(async () => {
    server = await TestEventStoreDb.start();
  });
  afterEach(() => server.stop());

  it('says where nobody answers, and what to look at', async () => {
    server.stop();
    await expect(open(server.url)).rejects.toThrow(`EventStoreDB at ${server.address} cannot be reached: is it running, is the port right`);
  });

  it('waits for a server that comes later, and says so', async () => {
    server.stop();
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const opening = openEventStoreDb({ url: server.url, logger, waitMs: 30_000 });
    await until(() => lines.length > 0);
    expect(lines[0]).toMatch(/cannot be reached.*trying again/);
    await server.start();
    await (await opening).close();
  });

  it('says at once that the user is refused', async () => {
    server.faults.calls = 'unauthenticated';
    await expect(open(server.url, 30_000)).rejects.toThrow(`EventStoreDB at ${server.address} refuses the user or the password`);
  });

  it('says at once that $all may not be read', async () => {
    server.faults.allDenied = true;
    await expect(open(server.url, 30_000)).rejects.toThrow(/does not let the user in EVENTSTORE_URL read \$all/);
  });

  it('says at once that a server without TLS is spoken to with TLS', async () => {
    const url = `esdb://user:secret@${server.address}`;
    const opening = open(url, 30_000);
    await expect(opening).rejects.toThrow(/no TLS connection to EventStoreDB at .* tls=false/);
    await expect(opening).rejects.not.toThrow(/secret/);
  });

  it('says that TLS needs a user', async () => {
    await expect(open('esdb://127.0.0.1:1')).rejects.toThrow('names no user');
  });

  it('never shows the password of a connection string that it cannot use', async () => {
    for (const url of [
      'esdb://user:secret@',
      'esdb://user:secret%zz@host',
      'esdb://%zz:secret@host?tls=false',
      'esdb://user:secret@host?tlsCAFile=/no/such/file',
      'esdb://user:secret@host?defaultDeadline=x',
    ]) {
      await expect(open(url)).rejects.toThrow(/EVENTSTORE_URL/);
      await expect(open(url)).rejects.not.toThrow(/secret/);
    }
  });

  it('says that a server that takes connections and does not answer does not answer in time', async () => {
    const silent: Server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(open(`esdb://127.0.0.1:${port}?tls=false`)).rejects.toThrow('does not answer in time');
    silent.close();
  });
});
