import { StoreUnavailableError } from '../../src/store/errors.js';
import type { AppendResult, EventStore, Position, RecordedEvent } from '../../src/store/event-store.js';

/**
 * A store that can be taken away, as by a network that breaks, and brought back: while it is away every call fails with StoreUnavailableError,
 * and nobody is told of appends. `close` leaves the store behind it open where it is shared.
 */
export class AbsentStore implements EventStore {
  readonly #listeners = new Set<(position: Position) => void>();
  readonly #stop: () => void;
  #away = false;

  constructor(
    private readonly store: EventStore,
    private readonly shared = false,
  ) {
    this.#stop = store.onAppended((position) => {
      if (!this.#away) this.#ring(position);
    });
  }

  get logId(): string {
    return this.store.logId;
  }

  get dense(): boolean {
    return this.store.dense;
  }

  takeAway(): void {
    this.#away = true;
  }

  async bringBack(): Promise<void> {
    this.#away = false;
    this.#ring(await this.store.head());
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

  onAppended(listener: (position: Position) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop();
    if (!this.shared) await this.store.close();
  }

  #ring(position: Position): void {
    for (const listener of this.#listeners) listener(position);
  }

  #reach<T>(call: () => Promise<T>): Promise<T> {
    return this.#away ? Promise.reject(new StoreUnavailableError('it was taken away')) : call();
  }
}
