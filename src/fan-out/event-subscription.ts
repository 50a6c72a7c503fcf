import { Pauses } from '../pauses.js';
import { StoreUnavailableError } from '../store/errors.js';
import type { EventStore, Position, RecordedEvent } from '../store/event-store.js';
import { EVERYTHING, keysFor, isWanted, type EventFilter, type Key } from './event-filter.js';
import type { ReadHistory } from './history-reader.js';
import type { LiveTail } from './live-tail.js';

/** An event, or (without one) word that everything up to a position has been looked at. */
export interface Delivery {
  readonly event: RecordedEvent | undefined;
  readonly position: Position;
  /** Whether this was, as far as was known then, the end of the log. */
  readonly caughtUp: boolean;
}

export interface SubscriptionOptions<Message> {
  readonly tail: LiveTail;
  readonly store: EventStore;
  readonly readHistory: ReadHistory;
  readonly filter: EventFilter;
  readonly after: Position;
  /** Ends it, as `return` does. */
  readonly signal: AbortSignal;
  /** What the subscriber is given for a delivery. */
  readonly present: (delivery: Delivery) => Message;
}

/**
 * The events of the log after a position that pass a filter, each once and in order: from history, page by page, until the recent events reach back
 * far enough, then from these; and from history again where the subscriber was slower than they go by. Pull based: one that does not ask holds a
 * page of history at the most, and holds up nobody. One `next` at a time.
 */
export class EventSubscription<Message> implements AsyncIterableIterator<Message> {
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #keys: readonly Key[];
  readonly #pauses = new Pauses();
  #page: RecordedEvent[] = [];
  /** Everything up to here was given, or is in the page, or is not wanted. */
  #position: Position;
  #beats: number;
  /** Where the log ended after the subscriber came: it is told that it is caught up when it has come there. */
  #end: Position | undefined;
  #caughtUp = false;

  constructor(private readonly options: SubscriptionOptions<Message>) {
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#keys = keysFor(options.filter);
    this.#position = options.after;
    this.#beats = options.tail.beats;
  }

  /** @throws what ended the tail, or an error of the store other than that it is away: then it waits. */
  async next(): Promise<IteratorResult<Message, undefined>> {
    while (!this.#signal.aborted) {
      const delivery = this.#ready() ?? (await this.#move());
      if (!delivery || (delivery.event && !(await this.#maySee(delivery.event)))) continue;
      this.#beats = this.options.tail.beats;
      return { done: false, value: this.options.present(delivery) };
    }
    this.#page = [];
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    this.#stop.abort();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<Message, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What can be given at once: an event, or word that is due. */
  #ready(): Delivery | undefined {
    const { tail } = this.options;
    const event = this.#page.shift() ?? this.#recent();
    if (event) return { event, position: event.position, caughtUp: this.#caughtUp && event.position === tail.position };
    if (!this.#caughtUp && this.#live && tail.caughtUp && this.#end !== undefined && this.#position >= this.#end) {
      this.#caughtUp = true;
      return this.#word();
    }
    return this.#beats === tail.beats ? undefined : this.#word();
  }

  /** Asks until the store is there to answer; false where the subscription ended before. */
  async #maySee(event: RecordedEvent): Promise<boolean> {
    const { visibleTo } = this.options.filter;
    if (!visibleTo) return true;
    while (!this.#signal.aborted) {
      try {
        return await visibleTo(event);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await this.#pauses.wait(this.#signal);
      }
    }
    return false;
  }

  #word(): Delivery {
    return { event: undefined, position: this.#position, caughtUp: this.#caughtUp && this.#live };
  }

  /** Whether the recent events go on where the subscriber is. */
  get #live(): boolean {
    const { recent } = this.options.tail;
    return recent !== undefined && this.#position >= recent.floor;
  }

  /** The next of the recent events; where there is none, everything up to the end of the tail has been looked at. */
  #recent(): RecordedEvent | undefined {
    const { tail, filter } = this.options;
    if (!this.#live) return undefined;
    for (;;) {
      const event = tail.recent?.next(this.#keys, this.#position);
      this.#position = Math.max(this.#position, event?.position ?? tail.position);
      if (!event || isWanted(event, filter)) return event;
    }
  }

  /** Brings the subscriber to where something can be ready. */
  async #move(): Promise<undefined> {
    const { tail, store } = this.options;
    if (tail.failure) throw tail.failure.error;
    try {
      // What was read, or came meanwhile, is looked at before anything is waited for.
      if (!this.#live && ((await this.#readHistory()) || this.#live)) return;
      if (this.#end === undefined) this.#end = await store.head();
      else await this.#wait();
      this.#pauses.reset();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await this.#pauses.wait(this.#signal);
    }
  }

  /** @returns whether it came on. */
  async #readHistory(): Promise<boolean> {
    const { filter, readHistory } = this.options;
    const { events, position } = await readHistory(filter, this.#position);
    const moved = position > this.#position;
    this.#page = events.filter((event) => isWanted(event, filter));
    this.#position = position;
    return moved;
  }

  /** For something that it wants, or until it is caught up, for the tail to move at all. Follows a look at the recent events at once. */
  async #wait(): Promise<void> {
    const live = this.#live;
    const lookedAt = await this.options.tail.wait(live && this.#caughtUp ? this.#keys : [EVERYTHING], this.#signal);
    if (live) this.#position = Math.max(this.#position, lookedAt);
  }
}
