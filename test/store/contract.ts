import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppendTooLargeError, RevisionConflictError, StoreUnavailableError } from '../../src/store/errors.js';
import { BEFORE_FIRST, type EventStore, type NewEvent, type Position, type RecordedEvent } from '../../src/store/event-store.js';

export interface OpenedStore {
  readonly store: EventStore;
  /** Sets the clock that the store records by, where that is its own. */
  setClock?(milliseconds: number): void;
  /** Closes it and opens the same log again; only where a log outlives its store. */
  reopen?(): Promise<EventStore>;
  /** Breaks what a follower stands on, where there is something that breaks. */
  dropFollowers?(): void;
  destroy(): Promise<void>;
}

export function newEvent(data: NewEvent['data'] = {}, type = 'Tested'): NewEvent {
  return {
    eventId: randomUUID(),
    type,
    data,
    metadata: {
      occurredAt: '2026-01-01T00:00:00.000Z',
      $correlationId: 'correlation',
      $causationId: 'cause',
      actor: { id: 'ütf-8 ☂', kind: 'USER' },
      schemaVersion: 1,
    },
  };
}

export function newEvents(count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => newEvent({ n }));
}

const numbers = (events: readonly RecordedEvent[]): unknown[] => events.map(({ data }) => data['n']);
const ids = (events: readonly { readonly eventId: string }[]): string[] => events.map(({ eventId }) => eventId);

/**
 * What every store must do, whatever it is made of. A store may be shared with others (a real server is): streams are new in every test, and what is
 * read of the whole log is read from where it ended when the test began.
 */
export function describeEventStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`an event store: ${name}`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    let start: Position;
    let stream: string;
    let other: string;
    let stop: AbortController;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      start = await store.head();
      stream = `contract-${randomUUID()}`;
      other = `contract-${randomUUID()}`;
      stop = new AbortController();
    });
    afterEach(async () => {
      stop.abort();
      await opened.destroy();
    });

    const isMine = (event: RecordedEvent): boolean => event.stream.startsWith(stream) || event.stream.startsWith(other);

    /** The events of this test in the order of the log. */
    const all = async (): Promise<readonly RecordedEvent[]> => (await store.readAll({ after: start, limit: 10_000 })).filter(isMine);

    /** What a follower sees from a position on, until it has seen so many; and where it was then. */
    async function follow(after: Position, count: number, pageSize = 2): Promise<{ seen: RecordedEvent[]; position: Position }> {
      const seen: RecordedEvent[] = [];
      let position = after;
      for await (const page of store.follow({ after, signal: stop.signal, pageSize })) {
        seen.push(...page.events.filter(isMine));
        position = page.position;
        if (seen.length >= count) break;
      }
      return { seen, position };
    }

    describe('expected revisions', () => {
      it('appends to a stream that is not there, as "no stream", and reads back what was appended', async () => {
        const events = [newEvent({ text: 'Ünïcode ☂ \u{1F980}', nested: { list: [1, null, true] } }), newEvent({ n: 2 })];
        const { revision, position } = await store.append(stream, 'no_stream', events);
        const read = await store.readStream(stream);
        expect(revision).toBe(1);
        expect(read.map(({ eventId, type, data, metadata }) => ({ eventId, type, data, metadata }))).toEqual(events);
        expect(read.map((event) => [event.stream, event.revision])).toEqual([
          [stream, 0],
          [stream, 1],
        ]);
        expect(read.at(-1)?.position).toBe(position);
        expect(await store.head()).toBe(position);
      });

      it('appends at the revision of the last event', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        expect(await store.append(stream, 1, newEvents(3))).toMatchObject({ revision: 4 });
        expect((await store.readStream(stream)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
      });

      it('refuses "no stream" for a stream that is there, with its true revision', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const refused = store.append(stream, 'no_stream', [newEvent()]);
        await expect(refused).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(refused).rejects.toMatchObject({ stream, expected: 'no_stream', actual: 1 });
      });

      it('refuses a revision before the true one, with the true one', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const refused = store.append(stream, 0, [newEvent()]);
        await expect(refused).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(refused).rejects.toMatchObject({ stream, expected: 0, actual: 1 });
      });

      it('refuses a revision after the true one, with the true one', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const refused = store.append(stream, 5, [newEvent()]);
        await expect(refused).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(refused).rejects.toMatchObject({ stream, expected: 5, actual: 1 });
      });

      it('refuses a revision of a stream that is not there, and says that it is not', async () => {
        const refused = store.append(stream, 0, [newEvent()]);
        await expect(refused).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(refused).rejects.toMatchObject({ stream, expected: 0, actual: 'no_stream' });
      });

      it('writes nothing of what it refuses', async () => {
        await store.append(stream, 'no_stream', [newEvent({ n: 'first' })]);
        await expect(store.append(stream, 7, newEvents(3))).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(store.append(other, 0, newEvents(3))).rejects.toBeInstanceOf(RevisionConflictError);
        expect(numbers(await all())).toEqual(['first']);
        expect(await store.readStream(other)).toEqual([]);
      });

      it('lets exactly one of many writers at one revision win, and refuses the others as conflicts', async () => {
        await store.append(stream, 'no_stream', [newEvent()]);
        const results = await Promise.allSettled(Array.from({ length: 32 }, () => store.append(stream, 0, newEvents(2))));
        const refused = results.filter((result) => result.status === 'rejected');
        expect(refused).toHaveLength(31);
        for (const { reason } of refused) {
          expect(reason).toBeInstanceOf(RevisionConflictError);
          expect(reason).toMatchObject({ expected: 0, actual: 2 });
        }
        expect(await store.readStream(stream)).toHaveLength(3);
      });

      it('lets exactly one of many that create a stream win', async () => {
        const results = await Promise.allSettled(Array.from({ length: 32 }, () => store.append(stream, 'no_stream', newEvents(2))));
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await store.readStream(stream)).toHaveLength(2);
      });
    });

    describe('one append', () => {
      it('is written whole: events of two that come together never mix', async () => {
        const streams = Array.from({ length: 20 }, (_, i) => `${stream}.${i}`);
        await Promise.all(streams.map((name) => store.append(name, 'no_stream', newEvents(10))));
        for (const name of streams) expect(numbers(await store.readStream(name))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      });

      it('is never seen in part by one who reads the stream meanwhile', async () => {
        const seen = new Set<number>();
        let writing = true;
        const reader = (async () => {
          for (; writing; await turn()) seen.add((await store.readStream(stream, { limit: 10_000 })).length % 5);
        })();
        for (let n = 0; n < 20; n++) await store.append(stream, n === 0 ? 'no_stream' : n * 5 - 1, newEvents(5));
        writing = false;
        await reader;
        expect([...seen]).toEqual([0]);
      });

      it('that is made again, with the same ids at the same revision, is answered as the first time and not written twice', async () => {
        const first = newEvents(3);
        const second = newEvents(2);
        const created = await store.append(stream, 'no_stream', first);
        expect(await store.append(stream, 'no_stream', first)).toEqual(created);
        const grown = await store.append(stream, 2, second);
        expect(await store.append(stream, 2, second)).toEqual(grown);
        // Also when the stream has grown since.
        expect(await store.append(stream, 'no_stream', first)).toEqual(created);
        expect(ids(await store.readStream(stream))).toEqual(ids([...first, ...second]));
      });

      it('that repeats only a part of what was written is refused', async () => {
        const [one, two] = newEvents(2) as [NewEvent, NewEvent];
        await store.append(stream, 'no_stream', [one, two]);
        await expect(store.append(stream, 'no_stream', [one, newEvent()])).rejects.toBeInstanceOf(RevisionConflictError);
        await expect(store.append(stream, 'no_stream', [two])).rejects.toBeInstanceOf(RevisionConflictError);
        expect(await store.readStream(stream)).toHaveLength(2);
      });

      it('keeps an event of 900 KiB as it is, in a stream, in the log and for a follower', async () => {
        const text = 'ß'.repeat(450 * 1024);
        await store.append(stream, 'no_stream', [newEvent({ text })]);
        expect((await store.readStream(stream))[0]?.data['text'] === text).toBe(true);
        expect((await all())[0]?.data['text'] === text).toBe(true);
        expect((await follow(start, 1)).seen[0]?.data['text'] === text).toBe(true);
      });

      it('is refused where its events are larger than 1 MiB together', async () => {
        const text = 'x'.repeat(600 * 1024);
        await expect(store.append(stream, 'no_stream', [newEvent({ text }), newEvent({ text })])).rejects.toBeInstanceOf(
          AppendTooLargeError,
        );
        expect(await store.readStream(stream)).toEqual([]);
      });

      it('keeps metadata of every kind as it is', async () => {
        const event = newEvent();
        const metadata = { ...event.metadata, commandId: 'ключ ☃', commandDigest: 'd', previousHash: 'h' };
        await store.append(stream, 'no_stream', [{ ...event, metadata }]);
        expect((await store.readStream(stream))[0]?.metadata).toEqual(metadata);
        expect((await all())[0]?.metadata).toEqual(metadata);
      });

      it('keeps a name of a stream that is no ASCII', async () => {
        const named = `${stream}.ñ☂`;
        await store.append(named, 'no_stream', [newEvent()]);
        expect((await all()).map((event) => event.stream)).toEqual([named]);
      });
    });

    describe('the order of the log', () => {
      it('gives appends that come together growing positions', async () => {
        await Promise.all(Array.from({ length: 300 }, (_, i) => store.append(`${stream}.${i}`, 'no_stream', newEvents(2))));
        const positions = (await all()).map(({ position }) => position);
        expect(positions).toHaveLength(600);
        expect(positions).toEqual([...new Set(positions)].sort((left, right) => left - right));
      });

      it('never shows an event before one that was seen already, while many write', async () => {
        let writing = true;
        const writers = Promise.all(
          Array.from({ length: 8 }, async (_, writer) => {
            for (let n = 0; n < 15; n++) await store.append(`${stream}.${writer}`, n === 0 ? 'no_stream' : n - 1, [newEvent({ n })]);
          }),
        ).finally(() => (writing = false));
        const seen: Position[] = [];
        for (let last = false; ; last = !writing) {
          const page = await store.readAll({ after: seen.at(-1) ?? start, limit: 50 });
          seen.push(...page.map(({ position }) => position));
          if (last && page.length === 0) break;
          await turn();
        }
        await writers;
        expect(seen).toEqual((await all()).map(({ position }) => position));
        expect(seen).toHaveLength(120);
      });

      it('has the events of a stream at the positions that the stream tells', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        expect(await all()).toEqual(await store.readStream(stream));
      });

      it('records times that never go back, though the clock does', async ({ skip }) => {
        if (!opened.setClock) return skip('the clock of this store is not ours to set');
        opened.setClock(Date.parse('2096-05-01T00:00:00Z'));
        await store.append(stream, 'no_stream', [newEvent()]);
        opened.setClock(Date.parse('2026-04-01T00:00:00Z'));
        await store.append(stream, 0, [newEvent()]);
        const [first, second] = await store.readStream(stream);
        expect(Date.parse(second?.recordedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.recordedAt ?? ''));
      });
    });

    describe('reading', () => {
      it('never gives more than a page', async () => {
        await store.append(stream, 'no_stream', newEvents(1500));
        expect(await store.readStream(stream)).toHaveLength(1000);
        expect(await store.readAll({ after: start })).toHaveLength(1000);
        expect(await store.readAll({ after: start, limit: 7 })).toHaveLength(7);
        expect(await store.readStream(stream, { limit: 3 })).toHaveLength(3);
      });

      it('pages through a stream both ways', async () => {
        await store.append(stream, 'no_stream', newEvents(10));
        expect(numbers(await store.readStream(stream, { from: 3, limit: 3 }))).toEqual([3, 4, 5]);
        expect(numbers(await store.readStream(stream, { from: 8 }))).toEqual([8, 9]);
        expect(numbers(await store.readStream(stream, { direction: 'backwards', limit: 2 }))).toEqual([9, 8]);
        expect(numbers(await store.readStream(stream, { direction: 'backwards', from: 2 }))).toEqual([2, 1, 0]);
        expect(await store.readStream(stream, { from: 10 })).toEqual([]);
      });

      it('pages through the log without a gap and without a repetition', async () => {
        for (let n = 0; n < 40; n++) await store.append(`${stream}.${n}`, 'no_stream', [newEvent({ n })]);
        const read: RecordedEvent[] = [];
        for (let page = await store.readAll({ after: start, limit: 7 }); page.length > 0;) {
          read.push(...page);
          page = await store.readAll({ after: page.at(-1)?.position ?? start, limit: 7 });
        }
        expect(numbers(read)).toEqual(Array.from({ length: 40 }, (_, n) => n));
      });

      it('gives nothing of a stream that is not there, and nothing after the end', async () => {
        expect(await store.readStream(stream)).toEqual([]);
        expect(await store.readStream(stream, { direction: 'backwards', limit: 1 })).toEqual([]);
        expect(await store.readAll({ after: await store.head() })).toEqual([]);
      });

      it('gives first events of many streams, and events at positions, leaving out what is not there', async () => {
        const { position } = await store.append(stream, 'no_stream', newEvents(2));
        await store.append(other, 'no_stream', [newEvent({ n: 2 })]);
        expect(numbers(await store.readFirst([other, stream, `${stream}.no`])).sort()).toEqual([0, 2]);
        expect(numbers(await store.readAt([position, position + 1_000_000]))).toEqual([1]);
        expect(await store.readAt([])).toEqual([]);
      });

      it('gives events at positions in their order and once each, whatever is asked for', async () => {
        const positions: Position[] = [];
        for (let n = 0; n < 5; n++) positions.push((await store.append(`${stream}.${n}`, 'no_stream', [newEvent({ n })])).position);
        expect(numbers(await store.readAt([...positions, ...positions].reverse()))).toEqual([0, 1, 2, 3, 4]);
      });

      it('tells the position of the last event as the head', async () => {
        const { position } = await store.append(stream, 'no_stream', newEvents(2));
        expect(await store.head()).toBe(position);
        expect((await all()).at(-1)?.position).toBe(position);
      });
    });

    describe('following', () => {
      it('gives history first, then live, without a gap and without a repetition', async () => {
        await store.append(stream, 'no_stream', newEvents(3));
        const following = follow(start, 6);
        await store.append(stream, 2, [newEvent({ n: 3 })]);
        await Promise.all([store.append(stream, 3, [newEvent({ n: 4 })]), store.append(other, 'no_stream', [newEvent({ n: 5 })])]);
        const { seen } = await following;
        expect(numbers(seen).sort()).toEqual([0, 1, 2, 3, 4, 5]);
        expect(seen).toEqual(await all());
      });

      it('that is stopped and resumed from where it was, again and again while others write, misses nothing and repeats nothing', async () => {
        const writing = (async () => {
          for (let n = 0; n < 60; n++) await store.append(stream, n === 0 ? 'no_stream' : n - 1, [newEvent({ n })]);
        })();
        const seen: RecordedEvent[] = [];
        for (let position = start; seen.length < 60;) {
          const part = await follow(position, Math.min(1 + (seen.length % 7), 60 - seen.length), 3);
          seen.push(...part.seen);
          position = part.position;
        }
        await writing;
        expect(numbers(seen)).toEqual(Array.from({ length: 60 }, (_, n) => n));
      });

      it('goes on where what it stands on breaks in the middle, without a gap and without a repetition', async ({ skip }) => {
        if (!opened.dropFollowers) return skip('nothing breaks in between');
        const following = follow(start, 60, 5);
        for (let n = 0; n < 60; n++) {
          await store.append(stream, n === 0 ? 'no_stream' : n - 1, [newEvent({ n })]);
          if (n % 10 === 5) opened.dropFollowers();
        }
        expect(numbers((await following).seen)).toEqual(Array.from({ length: 60 }, (_, n) => n));
      });

      it('waits for the reader: a page is not made before the one before it is handled, and none is larger than asked for', async () => {
        const pages: number[] = [];
        let handling = false;
        const following = (async () => {
          for await (const { events } of store.follow({ after: start, signal: stop.signal, pageSize: 4 })) {
            expect(handling).toBe(false);
            handling = true;
            pages.push(events.length);
            // The reader is slow: much is appended meanwhile.
            if (pages.length === 1) await store.append(other, 'no_stream', newEvents(10));
            handling = false;
            if (pages.reduce((sum, length) => sum + length, 0) >= 15) break;
          }
        })();
        await store.append(stream, 'no_stream', newEvents(5));
        await following;
        expect(Math.max(...pages)).toBeLessThanOrEqual(4);
      });

      it('says when it has come to the end, also of a log to which nothing is added', async () => {
        const pages = store.follow({ after: start, signal: stop.signal });
        expect(await pages.next()).toMatchObject({ value: { events: [], caughtUp: true } });
        await store.append(stream, 'no_stream', [newEvent({ n: 1 })]);
        const { value } = await pages.next();
        expect(numbers(value?.events ?? [])).toEqual([1]);
        expect(value?.caughtUp).toBe(true);
        stop.abort();
        await pages.return();
      });

      it('serves many followers at once, each from where it asked', async () => {
        await store.append(stream, 'no_stream', newEvents(5));
        const middle = (await all())[2]?.position ?? start;
        const followers = Array.from({ length: 150 }, (_, i) => follow(i % 2 === 0 ? start : middle, i % 2 === 0 ? 10 : 7, 3));
        await store.append(
          other,
          'no_stream',
          [5, 6, 7, 8, 9].map((n) => newEvent({ n })),
        );
        for (const [i, { seen }] of (await Promise.all(followers)).entries()) {
          expect(numbers(seen)).toEqual(i % 2 === 0 ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [3, 4, 5, 6, 7, 8, 9]);
        }
        // And appends still get through.
        await store.append(other, 4, [newEvent()]);
      });

      it('ends, while it waits, when it is told to', async () => {
        const pages = store.follow({ after: start, signal: stop.signal });
        expect(await pages.next()).toMatchObject({ value: { events: [], caughtUp: true } });
        const waiting = pages.next();
        stop.abort();
        expect(await waiting).toMatchObject({ done: true });
      });
    });

    it('says truly whether its positions have gaps', async () => {
      await store.append(stream, 'no_stream', newEvents(2));
      await expect(store.append(stream, 0, [newEvent()])).rejects.toBeInstanceOf(RevisionConflictError);
      await store.append(stream, 1, [newEvent()]);
      const positions = (await all()).map(({ position }) => position);
      expect(positions).toHaveLength(3);
      if (store.dense) expect(positions).toEqual([start + 1, start + 2, start + 3]);
    });

    it('says truly whether times may go back', async () => {
      await store.append(stream, 'no_stream', newEvents(2));
      await store.append(other, 'no_stream', newEvents(2));
      const times = (await all()).map(({ recordedAt }) => recordedAt);
      expect(times).toHaveLength(4);
      if (store.timesNeverGoBack) expect(times).toEqual(times.toSorted());
    });

    describe('importing', () => {
      const recorded = (of: string, revision: number, second: number): RecordedEvent => ({
        ...newEvent({ n: second }),
        stream: of,
        revision,
        position: 100 + second,
        recordedAt: `2020-02-03T04:05:0${second}.789Z`,
      });
      const withoutPosition = ({ position: _, ...event }: RecordedEvent): object => event;

      it('keeps ids, times and metadata of another log, in the order of the calls, and goes on after them', async () => {
        const [a, b, c, d] = [recorded(stream, 0, 1), recorded(stream, 1, 2), recorded(other, 0, 3), recorded(stream, 2, 4)] as const;
        const results = await Promise.all([
          store.importEvents(stream, 'no_stream', [a, b]),
          store.importEvents(other, 'no_stream', [c]),
          store.importEvents(stream, 1, [d]),
        ]);
        const read = await all();
        expect(read.map(withoutPosition)).toEqual([a, b, c, d].map(withoutPosition));
        expect(results.map(({ revision }) => revision)).toEqual([1, 0, 2]);
        expect(results.map(({ position }) => position)).toEqual([read[1], read[2], read[3]].map((event) => event?.position));
        await expect(store.importEvents(stream, 'no_stream', [recorded(stream, 0, 5)])).rejects.toMatchObject({ actual: 2 });
        await store.append(other, 0, [newEvent({ n: 6 })]);
        const last = (await all()).at(-1);
        expect(last?.data).toEqual({ n: 6 });
        expect((last?.recordedAt ?? '') >= d.recordedAt).toBe(true);
      });

      it('ends at what is refused: of calls that were made together, none after it is carried out', async () => {
        const third = `${other}.third`;
        const calls = [
          store.importEvents(stream, 'no_stream', [recorded(stream, 0, 1)]),
          store.importEvents(other, 3, [recorded(other, 4, 2)]),
          store.importEvents(third, 'no_stream', [recorded(third, 0, 3)]),
        ];
        expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
        expect((await all()).map((event) => event.stream)).toEqual([stream]);
      });
    });

    it('refuses everything once it is closed', async () => {
      await store.close();
      await expect(store.append(stream, 'no_stream', [newEvent()])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.readStream(stream)).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.readAll({ after: BEFORE_FIRST })).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.readFirst([stream])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.readAt([1])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    });

    it('ends what was being appended when it is closed', async () => {
      const appending = store.append(stream, 'no_stream', newEvents(2));
      await store.close();
      expect(await appending).toMatchObject({ revision: 1 });
    });

    it('has the same log, name included, when it is opened again', async ({ skip }) => {
      if (!opened.reopen) return skip('this store does not outlive its process');
      await store.append(stream, 'no_stream', [newEvent({ n: 1 })]);
      const again = await opened.reopen();
      expect(again.logId).toBe(store.logId);
      expect(again.logId).toMatch(/^[0-9A-Za-z]+$/);
      expect(numbers(await again.readStream(stream))).toEqual([1]);
      await again.append(stream, 0, [newEvent({ n: 2 })]);
      expect((await again.readAll({ after: start })).map(({ revision }) => revision)).toEqual([0, 1]);
      await again.close();
    });
  });
}
