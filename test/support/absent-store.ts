import { Bell } from '../../src/store/bell.js';
import { StoreUnavailableError } from '../../src/store/errors.js';
import { followByReading } from '../../src/store/follow.js';
import type { AppendResult, EventStore, FollowOptions, FollowPage, Position, RecordedEvent } from '../../src/store/event-store.js';

/**
 * A store that can be taken away, as by a network that breaks, and brought back: while it is away every call fails with StoreUnavailableError,
 * and nobody is told of appends. `close` leaves the store behind it open where it is shared.
 */
export class AbsentStore implements EventStore {
  readonly appended = new Bell();
  readonly #closed = new AbortController();
  readonly #listening: Promise<void>;
  #away = false;

  constructor(
    private readonly store: EventStore,
    private readonly shared = false,
  ) {
    this.#listening = this.#listen();
  }

  get logId(): string {
    return this.store.logId;
  }

  get dense(): boolean {
    return this.store.dense;
  }

  get timesNeverGoBack(): boolean {
    return this.store.timesNeverGoBack;
  }

  takeAway(): void {
    this.#away = true;
  }

  bringBack(): void {
    this.#away = false;
    this.appended.ring();
  }

  append(...parameters: Parameters<EventStore['append']>): Promise<AppendResult> {
    return this.#reach(() => this.store.append(...parameters));
  }

  importEvents(...parameters: Parameters<EventStore['importEvents']>): Promise<AppendResult> {
    return this.#reach(() => this.store.importEvents(...parameters));
  }

  readStream(...parameters: Parameters<EventStore['readStream']>): Promise<readonly RecordedEvent[]> {
    return this.#reach(() => this.store.readStream(...parameters));
  }

  readFirst(...parameters: Parameters<EventStore['readFirst']>): Promise<readonly RecordedEvent[]> {
    return this.#reach(() => this.store.readFirst(...parameters));
  }

  readAt(...parameters: Parameters<EventStore['readAt']>): Promise<readonly RecordedEvent[]> {
    return this.#reach(() => this.store.readAt(...parameters));
  }

  readAll(...parameters: Parameters<EventStore['readAll']>): Promise<readonly RecordedEvent[]> {
    return this.#reach(() => this.store.readAll(...parameters));
  }

  head(): Promise<Position> {
    return this.#reach(() => this.store.head());
  }

  follow(options: FollowOptions): AsyncGenerator<FollowPage, void, void> {
    return followByReading(this, options);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#listening;
    if (!this.shared) await this.store.close();
  }

  /** Rings for what others append, too: its first page comes when the end is known, so nothing before it is missed. */
  async #listen(): Promise<void> {
    const pages = this.store.follow({ after: await this.store.head(), signal: this.#closed.signal });
    for await (const _ of pages) if (!this.#away) this.appended.ring();
  }

  #reach<T>(call: () => Promise<T>): Promise<T> {
    return this.#away ? Promise.reject(new StoreUnavailableError('it was taken away')) : call();
  }
}
