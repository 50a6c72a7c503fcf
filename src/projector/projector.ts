import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.js';
import type { EventStore, Position, RecordedEvent } from '../store/event-store.js';
import type { Projection } from './projection.js';
import type { SqliteReadModel } from './read-model.js';

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly readModel: SqliteReadModel;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
}

interface Waiter {
  readonly position: Position;
  settle(reached: boolean | Error): void;
}

const BATCH = 1000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** SQLite's result codes for a database that is busy, a disk that fails, and one that is full. */
const STORAGE_TROUBLE: ReadonlySet<unknown> = new Set([5, 10, 13]);

/**
 * Brings the read models up to the log, and keeps them there. A batch of events and the checkpoints are one transaction, so that each event is
 * applied exactly once, whatever happens in between. An event that a projection cannot apply stops it: nothing is skipped.
 */
export class Projector {
  readonly #abort = new AbortController();
  readonly #waiters = new Set<Waiter>();
  readonly #listeners = new Set<(position: Position) => void>();
  #position: Position;
  #failure: Error | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly options: ProjectorOptions) {
    const { projections, readModel } = options;
    this.#position = Math.min(...projections.map(({ name }) => readModel.checkpoint(name)));
  }

  /** All events up to here are in the read models. */
  get position(): Position {
    return this.#position;
  }

  /** Why it stopped, where it did. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Waits until the read models have come to a position.
   * @returns false where the time (or the signal) ran out first.
   * @throws what stopped the projector.
   */
  waitFor(position: Position, { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal }): Promise<boolean> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#position >= position) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const give = (): void => waiter.settle(false);
      const timer = setTimeout(give, timeoutMs);
      signal?.addEventListener('abort', give);
      const waiter: Waiter = {
        position,
        settle: (reached) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', give);
          this.#waiters.delete(waiter);
          if (typeof reached === 'boolean') resolve(reached);
          else reject(reached);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Calls back after each batch, with how far the read models have come. */
  onApplied(listener: (position: Position) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Finishes the batch that runs, and stops. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    for (const waiter of this.#waiters) waiter.settle(false);
  }

  async #run(): Promise<void> {
    const { store, logger } = this.options;
    try {
      for await (const { events } of store.follow({ after: this.#position, signal: this.#abort.signal, pageSize: BATCH })) {
        if (events.length === 0) continue;
        await this.#applyPatiently(events);
        // While it catches up, others shall have their turn between batches.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      logger.error({ err: this.#failure, position: this.#position }, 'the read models are stopped: see the error, mend it, start again');
      for (const waiter of this.#waiters) waiter.settle(this.#failure);
    }
  }

  /** While the disk is full or not there, tries again with growing pauses: nothing is wrong with the events. */
  async #applyPatiently(events: readonly RecordedEvent[]): Promise<void> {
    const { signal } = this.#abort;
    for (let pause = FIRST_RETRY_MS; !signal.aborted; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
      try {
        this.#apply(events);
        return;
      } catch (error) {
        if (!isStorageTrouble(error)) throw error;
        this.options.logger.warn({ err: error, pause }, 'the read models cannot be written just now: trying again');
        // Ends early when the projector is closed.
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #apply(events: readonly RecordedEvent[]): void {
    const { readModel, projections, logger } = this.options;
    const last = events.at(-1)?.position ?? this.#position;
    readModel.transaction(() => {
      for (const projection of projections) {
        const checkpoint = readModel.checkpoint(projection.name);
        for (const event of events) {
          if (event.position <= checkpoint) continue;
          try {
            projection.apply(event, readModel);
          } catch (error) {
            if (isStorageTrouble(error)) throw error;
            const { position, type, stream } = event;
            logger.error({ projection: projection.name, position, type, stream }, 'an event cannot be applied');
            throw error;
          }
        }
        if (last > checkpoint) readModel.setCheckpoint(projection.name, last);
      }
    });
    this.#position = last;
    for (const waiter of this.#waiters) if (waiter.position <= last) waiter.settle(true);
    for (const listener of this.#listeners) listener(last);
  }
}

function isStorageTrouble(error: unknown): boolean {
  // Extended codes have the primary one in their lowest byte.
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && STORAGE_TROUBLE.has(error.errcode & 0xff);
}
