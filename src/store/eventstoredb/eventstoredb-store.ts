import type { Logger } from '../../logger.js';
import { StoreUnavailableError } from '../errors.js';
import {
  BEFORE_FIRST,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type FollowOptions,
  type FollowPage,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
} from '../event-store.js';
import { Pauses } from '../../pauses.js';
import { serialize } from '../serialize.js';
import { appendEvents, type AppendedEvent } from './append.js';
import type { Connection } from './client.js';
import { kindOf } from './errors.js';
import { inParallel } from './parallel.js';
import { readOneByOne } from './reads.js';
import { intruderIn, positionOf, readEvent, RECORDED_AT, toRecordedEvent } from './recorded-event.js';
import { subscribe, type SubscribedPage } from './subscription.js';
import { Tail } from './tail.js';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
/** How long a reader that catches up may take for a page before others have its turn. */
const IDLE_MS = 500;

/** The log in EventStoreDB: positions are commit positions. See docs/eventstoredb.md. */
export class EventStoreDbStore implements EventStore {
  readonly dense = false;
  /** Another node may lead, whose clock is behind. */
  readonly timesNeverGoBack = false;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #tail: Tail;
  /** The last event known; the head is at it or after. */
  #known: Position = BEFORE_FIRST;
  #importing: Promise<unknown> | undefined;
  #closed = false;

  constructor(
    private readonly connection: Connection,
    readonly logId: string,
    private readonly logger: Logger,
  ) {
    this.#tail = new Tail(connection, logger);
  }

  append(stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return this.#append(stream, expected, events, events);
  }

  importEvents(stream: StreamName, expected: ExpectedRevision, events: readonly RecordedEvent[]): Promise<AppendResult> {
    const importing = this.#importAfter(this.#importing, stream, expected, events);
    const done = (): void => {
      if (this.#importing === importing) this.#importing = undefined;
    };
    this.#importing = importing;
    importing.then(done, done);
    return importing;
  }

  /** One after the other, and none after one that failed. */
  async #importAfter(
    before: Promise<unknown> | undefined,
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly RecordedEvent[],
  ): Promise<AppendResult> {
    await before;
    const kept = events.map(({ metadata, recordedAt, ...event }) => ({ ...event, metadata: { ...metadata, [RECORDED_AT]: recordedAt } }));
    return this.#append(stream, expected, events, kept);
  }

  async readStream(stream: StreamName, { from, direction = 'forwards', limit }: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    this.#requireOpen();
    const fromRevision = from === undefined ? (direction === 'forwards' ? 'start' : 'end') : BigInt(from);
    const maxCount = bounded(limit);
    const read = readOneByOne(this.connection, (client, options) =>
      client.readStream(stream, { ...options, direction, fromRevision, maxCount }),
    );
    const events: RecordedEvent[] = [];
    for await (const resolved of read) events.push(toRecordedEvent(resolved));
    return events;
  }

  async readFirst(streams: readonly StreamName[]): Promise<readonly RecordedEvent[]> {
    const found = await inParallel(streams, (stream) => this.readStream(stream, { limit: 1 }));
    return found.flat();
  }

  async readAt(positions: readonly Position[]): Promise<readonly RecordedEvent[]> {
    this.#requireOpen();
    const found = await inParallel([...new Set(positions)], (position) => this.#readOne(position));
    return found.filter((event) => event !== undefined).sort((left, right) => left.position - right.position);
  }

  async readAll({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    this.#requireOpen();
    const wanted = bounded(limit);
    const fromPosition = after < 0 ? 'start' : { commit: BigInt(after), prepare: BigInt(after) };
    const events: RecordedEvent[] = [];
    // Without a count: how many of the system's own events lie between is not known. It ends when the page is full.
    for await (const resolved of readOneByOne(this.connection, (client, options) => client.readAll({ ...options, fromPosition }))) {
      if (positionOf(resolved) <= after) continue;
      const intruder = intruderIn(resolved);
      if (intruder) throw intruder;
      const event = readEvent(resolved);
      if (event && events.push(event) === wanted) break;
    }
    this.#know(events.at(-1)?.position);
    return events;
  }

  async head(): Promise<Position> {
    this.#requireOpen();
    const known = this.#known;
    const newest = readOneByOne(this.connection, (client, options) =>
      client.readAll({ ...options, direction: 'backwards', fromPosition: 'end' }),
    );
    for await (const resolved of newest) {
      if (!readEvent(resolved) && !intruderIn(resolved) && positionOf(resolved) > known) continue;
      this.#know(positionOf(resolved));
      break;
    }
    return this.#known;
  }

  async *follow({ after, signal, pageSize = 500 }: FollowOptions): AsyncGenerator<FollowPage, void, void> {
    const pauses = new Pauses();
    let position = after;
    let toldEnd = false;
    while (!signal.aborted) {
      try {
        if (!this.#tail.started) this.#tail.start(await this.head());
        if (!this.#tail.covers(position)) {
          for await (const page of this.#catchUp({ after: position, pageSize, signal })) {
            pauses.reset();
            position = page.position;
            yield { ...page, caughtUp: false };
          }
          continue;
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await pauses.wait(signal);
        continue;
      }
      const { rings } = this.#tail;
      const page = this.#tail.after(position, pageSize);
      if (page.position > position || (page.caughtUp && !toldEnd)) {
        position = page.position;
        toldEnd ||= page.caughtUp;
        yield page;
      } else {
        await this.#tail.wait(rings, signal);
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#pending);
    await this.#tail.close();
    // Cancels what still runs. Not awaited: it waits for each call to be read to its end.
    void this.connection.client.dispose();
  }

  /**
   * Pages up to where the shared tail goes on. It takes a turn for its subscription, and gives it back, and the subscription up, when the reader
   * does not come for the next page: then it ends, and another one goes on later.
   */
  async *#catchUp({ after, pageSize, signal }: Required<FollowOptions>): AsyncGenerator<SubscribedPage, void, void> {
    const { catchUps, timeoutMs } = this.connection;
    const leave = await catchUps.enter(timeoutMs);
    const idle = new AbortController();
    const ended = AbortSignal.any([signal, idle.signal]);
    let giveUp: NodeJS.Timeout | undefined;
    try {
      for await (const page of subscribe(this.connection, this.logger, { after, pageSize, signal: ended })) {
        giveUp = setTimeout(() => {
          idle.abort();
          leave();
        }, IDLE_MS);
        yield page;
        clearTimeout(giveUp);
        if (this.#tail.covers(page.position)) break;
      }
    } finally {
      clearTimeout(giveUp);
      leave();
    }
  }

  async #append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    written: readonly AppendedEvent[],
  ): Promise<AppendResult> {
    serialize(stream, events);
    this.#requireOpen();
    const appending = appendEvents(this.connection, stream, expected, written);
    this.#pending.add(appending);
    try {
      const result = await appending;
      this.#know(result.position);
      return result;
    } finally {
      this.#pending.delete(appending);
    }
  }

  async #readOne(position: Position): Promise<RecordedEvent | undefined> {
    if (position < 0) return undefined;
    const fromPosition = { commit: BigInt(position), prepare: BigInt(position) };
    try {
      const read = readOneByOne(this.connection, (client, options) => client.readAll({ ...options, fromPosition, maxCount: 1 }));
      for await (const resolved of read) {
        const event = readEvent(resolved);
        return event?.position === position ? event : undefined;
      }
    } catch (error) {
      // What the server answers where no record begins at the position.
      if (!(error instanceof StoreUnavailableError && kindOf(error.cause) === 'unknown')) throw error;
    }
    return undefined;
  }

  #know(position: Position = BEFORE_FIRST): void {
    this.#known = Math.max(this.#known, position);
  }

  #requireOpen(): void {
    if (this.#closed) throw new StoreUnavailableError('it is closed');
  }
}

function bounded(limit = DEFAULT_LIMIT): number {
  return Math.min(Math.max(limit, 1), MAX_LIMIT);
}
