import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RevisionConflictError, StoreUnavailableError } from '../../src/store/errors.js';
import { BEFORE_FIRST, type EventStore, type NewEvent, type RecordedEvent } from '../../src/store/event-store.js';
import { follow } from '../../src/store/follow.js';

export interface OpenedStore {
  readonly store: EventStore;
  /** Sets the clock that the store records by. */
  setClock?(milliseconds: number): void;
  /** Closes it and opens the same log again; only where a log outlives its store. */
  reopen?(): Promise<EventStore>;
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

/** What every store must do, whatever it is made of. */
export function describeEventStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`an event store: ${name}`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.destroy());

    const all = async (): Promise<readonly RecordedEvent[]> => store.readAll({ after: BEFORE_FIRST });

    it('appends to a stream that is not there, and reads back what was appended', async () => {
      const events = [newEvent({ text: 'Ünïcode ☂ \u{1F980}', nested: { list: [1, null, true] } }), newEvent({ n: 2 })];
      const { revision, position } = await store.append('a-1', 'no_stream', events);
      const read = await store.readStream('a-1');
      expect(revision).toBe(1);
      expect(read.map(({ eventId, type, data, metadata }) => ({ eventId, type, data, metadata }))).toEqual(events);
      expect(read.map((event) => event.revision)).toEqual([0, 1]);
      expect(read.at(-1)?.position).toBe(position);
      expect(await store.head()).toBe(position);
    });

    it('refuses "no stream" for a stream that is there, with its true revision', async () => {
      await store.append('a-1', 'no_stream', [newEvent(), newEvent()]);
      await expect(store.append('a-1', 'no_stream', [newEvent()])).rejects.toMatchObject({ expected: 'no_stream', actual: 1 });
    });

    it('refuses a revision that is smaller or larger than the true one, or of a stream that is not there', async () => {
      await store.append('a-1', 'no_stream', [newEvent(), newEvent()]);
      await expect(store.append('a-1', 0, [newEvent()])).rejects.toBeInstanceOf(RevisionConflictError);
      await expect(store.append('a-1', 2, [newEvent()])).rejects.toMatchObject({ expected: 2, actual: 1 });
      await expect(store.append('a-2', 0, [newEvent()])).rejects.toMatchObject({ expected: 0, actual: 'no_stream' });
      expect(await store.readStream('a-1')).toHaveLength(2);
      expect(await store.readStream('a-2')).toEqual([]);
    });

    it('lets exactly one of many writers at one revision win', async () => {
      await store.append('a-1', 'no_stream', [newEvent()]);
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => store.append('a-1', 0, [newEvent(), newEvent()])));
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toHaveLength(19);
      for (const { reason } of refused) expect(reason).toBeInstanceOf(RevisionConflictError);
      expect(await store.readStream('a-1')).toHaveLength(3);
    });

    it('takes appends that come together, and gives them growing positions', async () => {
      await Promise.all(Array.from({ length: 300 }, (_, i) => store.append(`s-${i}`, 'no_stream', [newEvent({ i }), newEvent({ i })])));
      const positions = (await all()).map(({ position }) => position);
      expect(positions).toHaveLength(600);
      expect(positions).toEqual([...positions].sort((left, right) => left - right));
      expect(new Set(positions).size).toBe(600);
    });

    it('never reads more than a page', async () => {
      const events = Array.from({ length: 1500 }, () => newEvent());
      await store.append('a-1', 'no_stream', events);
      expect(await store.readStream('a-1')).toHaveLength(1000);
      expect(await all()).toHaveLength(1000);
      expect((await store.readStream('a-1', { from: 1400 })).map(({ revision }) => revision)).toEqual(
        Array.from({ length: 100 }, (_, i) => 1400 + i),
      );
      expect((await store.readStream('a-1', { direction: 'backwards', limit: 2 })).map(({ revision }) => revision)).toEqual([1499, 1498]);
    });

    it('reads first events of many streams, and events at positions, leaving out what is not there', async () => {
      const { position } = await store.append('a-1', 'no_stream', [newEvent({ n: 0 }), newEvent({ n: 1 })]);
      await store.append('a-2', 'no_stream', [newEvent({ n: 2 })]);
      expect((await store.readFirst(['a-2', 'a-1', 'a-3'])).map(({ data }) => data['n']).sort()).toEqual([0, 2]);
      expect((await store.readAt([position, position + 1_000_000])).map(({ data }) => data['n'])).toEqual([1]);
    });

    it('keeps an event of 900 KiB as it is', async () => {
      const text = 'ß'.repeat(450 * 1024);
      await store.append('a-1', 'no_stream', [newEvent({ text })]);
      expect((await store.readStream('a-1'))[0]?.data['text']).toBe(text);
    });

    it('records times that never go back, though the clock does', async () => {
      opened.setClock?.(Date.parse('2026-05-01T00:00:00Z'));
      await store.append('a-1', 'no_stream', [newEvent()]);
      opened.setClock?.(Date.parse('2026-04-01T00:00:00Z'));
      await store.append('a-1', 0, [newEvent()]);
      const [first, second] = await store.readStream('a-1');
      expect(Date.parse(second?.recordedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.recordedAt ?? ''));
    });

    it('imports events of another log with their ids and times, in the order of the calls, and goes on after them', async () => {
      opened.setClock?.(Date.parse('2026-05-01T00:00:00Z'));
      const recorded = (stream: string, revision: number, second: number): RecordedEvent => ({
        ...newEvent({ second }),
        stream,
        revision,
        position: 100 + second,
        recordedAt: `2026-02-01T00:00:0${second}.000Z`,
      });
      const [a, b, c, d] = [recorded('a-1', 0, 1), recorded('a-1', 1, 2), recorded('a-2', 0, 3), recorded('a-1', 2, 4)] as const;
      const results = await Promise.all([
        store.importEvents('a-1', 'no_stream', [a, b]),
        store.importEvents('a-2', 'no_stream', [c]),
        store.importEvents('a-1', 1, [d]),
      ]);
      const read = await all();
      const withoutPosition = ({ position: _, ...event }: RecordedEvent): object => event;
      expect(read.map(withoutPosition)).toEqual([a, b, c, d].map(withoutPosition));
      expect(results.map(({ revision }) => revision)).toEqual([1, 0, 2]);
      expect(results.map(({ position }) => position)).toEqual([read[1], read[2], read[3]].map((event) => event?.position));
      await expect(store.importEvents('a-1', 'no_stream', [a])).rejects.toMatchObject({ expected: 'no_stream', actual: 2 });
      await store.append('a-2', 0, [newEvent({ second: 5 })]);
      const last = (await all()).at(-1);
      expect(last?.data).toEqual({ second: 5 });
      expect((last?.recordedAt ?? '') >= d.recordedAt).toBe(true);
    });

    it('imports nothing after what it refused, of calls that were made together', async () => {
      const recorded = (stream: string): RecordedEvent => ({
        ...newEvent(),
        stream,
        revision: 0,
        position: 0,
        recordedAt: '2026-02-01T00:00:00.000Z',
      });
      const calls = [
        store.importEvents('a-1', 'no_stream', [recorded('a-1')]),
        store.importEvents('a-2', 3, [recorded('a-2')]),
        store.importEvents('a-3', 'no_stream', [recorded('a-3')]),
      ];
      expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect((await all()).map(({ stream }) => stream)).toEqual(['a-1']);
    });

    it('says truly whether its positions have gaps', async () => {
      await store.append('a-1', 'no_stream', [newEvent(), newEvent()]);
      await store.append('a-1', 0, [newEvent()]).catch(() => undefined);
      await store.append('a-1', 1, [newEvent()]);
      const positions = (await all()).map(({ position }) => position);
      if (store.dense) expect(positions).toEqual([0, 1, 2]);
      else expect(positions).toHaveLength(3);
    });

    it('gives a follower history first, then live, without a gap and without a repetition, also after it was stopped', async () => {
      await store.append('a-1', 'no_stream', [newEvent({ n: 0 }), newEvent({ n: 1 }), newEvent({ n: 2 })]);
      const seen: unknown[] = [];
      const read = async (after: number, until: number): Promise<number> => {
        const stop = new AbortController();
        let position = after;
        for await (const page of follow(store, { after, signal: stop.signal, pageSize: 2 })) {
          seen.push(...page.events.map(({ data }) => data['n']));
          position = page.position;
          if (seen.length >= until) break;
        }
        return position;
      };
      const first = await read(BEFORE_FIRST, 2);
      const live = read(first, 6);
      await store.append('a-1', 2, [newEvent({ n: 3 })]);
      await Promise.all([store.append('a-1', 3, [newEvent({ n: 4 })]), store.append('a-2', 'no_stream', [newEvent({ n: 5 })])]);
      await live;
      expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('ends a follower that waits, when it is told to', async () => {
      const stop = new AbortController();
      const pages = follow(store, { after: BEFORE_FIRST, signal: stop.signal });
      expect(await pages.next()).toMatchObject({ value: { events: [], caughtUp: true } });
      const waiting = pages.next();
      stop.abort();
      expect(await waiting).toMatchObject({ done: true });
    });

    it('refuses everything once it is closed', async () => {
      await store.close();
      await expect(store.append('a-1', 'no_stream', [newEvent()])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.readStream('a-1')).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    });

    it('has the same log, name included, when it is opened again', async ({ skip }) => {
      if (!opened.reopen) return skip('this store does not outlive its process');
      await store.append('a-1', 'no_stream', [newEvent({ n: 1 })]);
      const again = await opened.reopen();
      expect(again.logId).toBe(store.logId);
      expect((await again.readStream('a-1')).map(({ data }) => data)).toEqual([{ n: 1 }]);
      await again.append('a-1', 0, [newEvent({ n: 2 })]);
      expect((await again.readAll({ after: BEFORE_FIRST })).map(({ revision }) => revision)).toEqual([0, 1]);
      await again.close();
    });
  });
}
