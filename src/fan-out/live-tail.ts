import { Pauses } from '../pauses.js';
import { StoreUnavailableError } from '../store/errors.js';
import { BEFORE_FIRST, type EventStore, type FollowPage, type Position } from '../store/event-store.js';
import { EVERYTHING, keysOf, type Key } from './event-filter.js';
import { RecentEvents, type RecentLimits } from './recent-events.js';

export interface TailOptions {
  readonly store: EventStore;
  readonly limits: RecentLimits;
  /** Milliseconds between two words to those who wait for events. */
  readonly beatMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Resolves with a position up to which the log has nothing more for the one who waits. */
type Wake = (lookedAt: Position) => void;

interface Waiter {
  readonly keys: readonly Key[];
  readonly wake: Wake;
}

/**
 * The end of the log, followed once for all subscribers. Those who wait are found by the parts of the log that they wait for, so that an event
 * costs what its subscribers cost, however many others there are.
 */
export class LiveTail {
  readonly #waiting = new Map<Key, Set<Waiter>>();
  readonly #running: Promise<void>;
  #recent: RecentEvents | undefined;
  #position: Position = BEFORE_FIRST;
  #caughtUp = false;
  #beats = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly options: TailOptions) {
    // What goes wrong is told to every subscriber, by `failure`.
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure = { error };
      this.#wakeAll();
    });
  }

  /** The last events; undefined until the store could be asked where it ends. */
  get recent(): RecentEvents | undefined {
    return this.#recent;
  }

  /** All events up to here were looked at. */
  get position(): Position {
    return this.#position;
  }

  /** Whether it has been at the end of the log. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Counts the times at which subscribers are given word of where they are. */
  get beats(): number {
    return this.#beats;
  }

  /** Why it ended, other than by its signal: nothing more comes. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Resolves when an event of the parts is there, at the next beat, and when the tail fails or the signal is aborted. To be called when nothing is there yet. */
  wait(keys: readonly Key[], signal: AbortSignal): Promise<Position> {
    if (signal.aborted || this.#failure) return Promise.resolve(BEFORE_FIRST);
    return new Promise((resolve) => {
      const wake: Wake = (lookedAt) => {
        signal.removeEventListener('abort', end);
        this.#leave(waiter);
        resolve(lookedAt);
      };
      const end = (): void => wake(BEFORE_FIRST);
      const waiter: Waiter = { keys, wake };
      signal.addEventListener('abort', end);
      for (const key of keys) {
        const waiting = this.#waiting.get(key);
        if (waiting) waiting.add(waiter);
        else this.#waiting.set(key, new Set([waiter]));
      }
    });
  }

  /** Resolves when it has let go of the store. */
  ended(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    const beat = setInterval(() => this.#beat(), this.options.beatMs);
    beat.unref();
    try {
      const after = await this.#start();
      if (after === undefined) return;
      this.#position = after;
      this.#recent = new RecentEvents(this.options.limits, after);
      for await (const page of this.options.store.follow({ after, signal: this.options.signal })) this.#take(page, this.#recent);
    } finally {
      clearInterval(beat);
    }
  }

  /** Some way before the end, where positions tell how many events there are: subscribers that come back after a restart share this one reading. */
  async #start(): Promise<Position | undefined> {
    const { store, limits } = this.options;
    const pauses = new Pauses();
    while (!this.options.signal.aborted) {
      try {
        const head = await store.head();
        return store.dense ? Math.max(BEFORE_FIRST, head - limits.events) : head;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await pauses.wait(this.options.signal);
      }
    }
    return undefined;
  }

  #take({ events, position, caughtUp }: FollowPage, recent: RecentEvents): void {
    const before = this.#position;
    this.#position = position;
    this.#caughtUp ||= caughtUp;
    let lookedAt = before;
    for (const event of events) {
      recent.add(event);
      for (const key of keysOf(event)) this.#wake(key, lookedAt);
      lookedAt = event.position;
    }
    // Whoever waits for everything waits for the tail to move, too.
    this.#wake(EVERYTHING, position);
  }

  #beat(): void {
    this.#beats += 1;
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.#wake(key, this.#position);
  }

  #wake(key: Key, lookedAt: Position): void {
    for (const { wake } of [...(this.#waiting.get(key) ?? [])]) wake(lookedAt);
  }

  #leave(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const waiting = this.#waiting.get(key);
      waiting?.delete(waiter);
      if (waiting?.size === 0) this.#waiting.delete(key);
    }
  }
}
