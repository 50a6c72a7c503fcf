import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.js';
import { RevisionConflictError } from '../../src/store/errors.js';
import {
  BEFORE_FIRST,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '../../src/store/event-store.js';
import { openEventStoreDb } from '../../src/store/eventstoredb/open.js';
import { TestEventStoreDb } from '../support/eventstoredb/server.js';
import { newEvent } from './contract.js';

const STREAMS = ['a-1', 'a-2', 'b-ü'];

type Step =
  | { readonly do: 'append'; readonly stream: string; readonly off: number; readonly events: readonly NewEvent[] }
  | { readonly do: 'repeat'; readonly which: number; readonly part: boolean }
  | { readonly do: 'read'; readonly stream: string; readonly from: number; readonly backwards: boolean; readonly limit: number }
  | { readonly do: 'readAll'; readonly after: number; readonly limit: number }
  | { readonly do: 'readAt'; readonly events: readonly number[] }
  | { readonly do: 'readFirst' }
  | { readonly do: 'follow'; readonly after: number; readonly pageSize: number };

const stream = fc.constantFrom(...STREAMS);
const event = fc.record({ n: fc.integer(), text: fc.string({ unit: 'grapheme' }) }).map((data) => newEvent(data));
const place = fc.nat(40);
const limit = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  // Mostly the right revision, at times one before or after it.
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append'),
      stream,
      off: fc.constantFrom(0, 0, 0, -1, 1, -2),
      events: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({ do: fc.constant('repeat'), which: place, part: fc.boolean() }),
  fc.record({ do: fc.constant('read'), stream, from: place, backwards: fc.boolean(), limit }),
  fc.record({ do: fc.constant('readAll'), after: place, limit }),
  fc.record({ do: fc.constant('readAt'), events: fc.array(place, { maxLength: 5 }) }),
  fc.record({ do: fc.constant('readFirst') }),
  fc.record({ do: fc.constant('follow'), after: place, pageSize: limit }),
);

interface Appended {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** Does what the steps say on one store, and tells what came of each; positions are told by their order, as they differ by nature. */
class Run {
  readonly #positions: Position[] = [];
  readonly #revisions = new Map<string, number>();
  readonly #appends: Appended[] = [];

  constructor(private readonly store: EventStore) {}

  async step(step: Step): Promise<unknown> {
    const { store } = this;
    switch (step.do) {
      case 'append': {
        const revision = (this.#revisions.get(step.stream) ?? -1) + step.off;
        return this.#append({ stream: step.stream, expected: revision < 0 ? 'no_stream' : revision, events: step.events });
      }
      case 'repeat': {
        const append = this.#appends[step.which % Math.max(this.#appends.length, 1)];
        return append && this.#append({ ...append, events: step.part ? append.events.slice(-1) : append.events });
      }
      case 'read': {
        const { from, limit } = step;
        return this.#told(await store.readStream(step.stream, { from, limit, direction: step.backwards ? 'backwards' : 'forwards' }));
      }
      case 'readAll':
        return this.#told(await store.readAll({ after: this.#positionOf(step.after), limit: step.limit }));
      case 'readAt':
        return this.#told(await store.readAt(step.events.map((place) => this.#positionOf(place)).filter((position) => position >= 0)));
      case 'readFirst':
        return this.#told([...(await store.readFirst([...STREAMS, 'absent']))].sort((left, right) => left.position - right.position));
      case 'follow':
        return this.#follow(this.#positionOf(step.after), step.pageSize);
    }
  }

  async #append(append: Appended): Promise<unknown> {
    const { stream, expected, events } = append;
    try {
      const { revision, position } = await this.store.append(stream, expected, events);
      if (!this.#positions.includes(position)) {
        for (const { position: each } of await this.store.readStream(stream, { from: revision - events.length + 1 }))
          this.#positions.push(each);
        this.#revisions.set(stream, revision);
        this.#appends.push(append);
      }
      return { revision, place: this.#positions.indexOf(position) };
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      return { refused: error.actual, of: error.stream, expected: error.expected };
    }
  }

  /** Everything from a position to the end. */
  async #follow(after: Position, pageSize: number): Promise<unknown> {
    const seen: RecordedEvent[] = [];
    const stop = new AbortController();
    const head = await this.store.head();
    for await (const { events, position } of this.store.follow({ after, signal: stop.signal, pageSize })) {
      expect(events.length).toBeLessThanOrEqual(pageSize);
      seen.push(...events);
      if (position >= head) break;
    }
    return { seen: this.#told(seen), head: this.#positions.indexOf(head) };
  }

  #positionOf(place: number): Position {
    return this.#positions[place % (this.#positions.length + 1)] ?? BEFORE_FIRST;
  }

  #told(events: readonly RecordedEvent[]): unknown {
    return events.map(({ position, recordedAt: _, ...event }) => ({ ...event, place: this.#positions.indexOf(position) }));
  }
}

describe('the same random work on the embedded store and on EventStoreDB', () => {
  it('comes to the same, step by step', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const server = await TestEventStoreDb.start();
        const stores = [
          openEmbeddedStore({ path: ':memory:' }),
          await openEventStoreDb({ url: server.url, logger: silentLogger }),
        ] as const;
        const [embedded, eventStoreDb] = stores.map((store) => new Run(store)) as [Run, Run];
        try {
          for (const [i, step] of steps.entries()) {
            const expected = await embedded.step(step);
            expect(await eventStoreDb.step(step), `step ${i}: ${step.do}`).toEqual(expected);
          }
        } finally {
          await Promise.all(stores.map((store) => store.close()));
          server.stop();
        }
      }),
      { seed: 20261101, numRuns: 40 },
    );
  });
});
