import type { EventStore, Position } from '../store/event-store.js';
import type { EventFilter } from './event-filter.js';
import { EventSubscription, type Delivery } from './event-subscription.js';
import type { ReadHistory } from './history-reader.js';
import { LiveTail } from './live-tail.js';
import type { RecentLimits } from './recent-events.js';

export interface FanOutOptions {
  readonly store: EventStore;
  readonly readHistory: ReadHistory;
  /** Of the events kept for subscribers that are about live: 4,096 events and 16 Mi characters by default. */
  readonly limits?: RecentLimits;
  /** Milliseconds between two words to those who wait for events: half a minute by default. */
  readonly beatMs?: number;
}

const LIMITS: RecentLimits = { events: 4_096, characters: 16 * 1024 * 1024 };

/** Gives the events of one log to any number of subscribers, and reads what is new once for all of them: from the first subscriber on. */
export class FanOut {
  readonly #closed = new AbortController();
  #tail: LiveTail | undefined;

  constructor(private readonly options: FanOutOptions) {}

  /** @param present makes what the subscriber is given; what it makes of an event can be shared. */
  subscribe<Message>(after: Position, filter: EventFilter, present: (delivery: Delivery) => Message): EventSubscription<Message> {
    const { store, readHistory } = this.options;
    return new EventSubscription({ tail: this.#follow(), store, readHistory, filter, after, present, signal: this.#closed.signal });
  }

  /** What is kept in memory for subscribers. */
  get kept(): RecentLimits {
    return this.#tail?.recent?.kept ?? { events: 0, characters: 0 };
  }

  /** Ends every subscription. To be called before the store is closed. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#tail?.ended();
  }

  /** A tail that failed is followed by a new one: its subscribers were told. */
  #follow(): LiveTail {
    const { store, limits = LIMITS, beatMs = 30_000 } = this.options;
    if (!this.#tail || this.#tail.failure) this.#tail = new LiveTail({ store, limits, beatMs, signal: this.#closed.signal });
    return this.#tail;
  }
}
