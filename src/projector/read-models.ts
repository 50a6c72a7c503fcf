import type { Logger } from '../logger.js';
import { Pauses } from '../pauses.js';
import { StoreUnavailableError } from '../store/errors.js';
import { BEFORE_FIRST, type EventStore, type Position } from '../store/event-store.js';
import { ReadModelUnavailableError } from './errors.js';
import { GenerationFiles } from './generation-files.js';
import { Generation, type Lease } from './generation.js';
import { create, openAnew, openNewest, type Opened, type OpenOptions } from './open-newest.js';
import { patiently } from './patiently.js';
import type { Projection } from './projection.js';
import { Projector, type ProjectionProgress } from './projector.js';
import type { SqliteReadModel } from './read-model.js';
import { OtherHistoryError } from './same-log.js';
import type { WaitOptions } from './waiters.js';

export interface ReadModelsOptions {
  readonly store: EventStore;
  /** The file, see `GenerationFiles`, or `:memory:`. */
  readonly path: string;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
  /** Whether to begin without rows, whatever there is. */
  readonly anew?: boolean;
}

export interface GenerationStatus {
  readonly generation: number;
  /** Whether it has been at the end of the log since it was opened. */
  readonly reachedEnd: boolean;
  readonly projections: readonly ProjectionProgress[];
}

/**
 * The read models of this node, kept up to the log. They can be made anew beside those that answer, and take their place when they have come as
 * far; a damaged file is made anew by itself, and so are rows of events that are not in the log.
 */
export class ReadModels {
  readonly #abort = new AbortController();
  readonly #open: OpenOptions;
  #current: Generation;
  #next: { readonly generation: Generation; readonly done: Promise<void> } | undefined;
  #healing: Promise<void> | undefined;

  /** @throws ReadModelFolderError where the folder cannot be used. */
  constructor(private readonly options: ReadModelsOptions) {
    const { store, path, projections, logger, anew = false } = options;
    this.#open = { files: new GenerationFiles(path), projections, logId: store.logId, logger };
    this.#current = this.#generation(anew ? openAnew(this.#open) : openNewest(this.#open));
    this.#current.projector.start();
  }

  /** All events up to here are in the rows that mutations show. */
  get position(): Position {
    return this.#current.projector.position;
  }

  /** Whether queries can be answered: not while there are no rows yet, nor once they are found damaged, until they are made anew. */
  get serving(): boolean {
    return !this.#abort.signal.aborted && this.#current.serving;
  }

  get status(): GenerationStatus {
    return statusOf(this.#current);
  }

  /** Those that are being made anew, where there are any. */
  get rebuildStatus(): GenerationStatus | undefined {
    return this.#next && statusOf(this.#next.generation);
  }

  /**
   * Rows to read from until the lease is given back: they stay, whatever takes their place meanwhile.
   * @throws ReadModelUnavailableError while it is not `serving`.
   */
  lease(): Lease {
    if (!this.serving) throw new ReadModelUnavailableError();
    return this.#current.lease();
  }

  /** Reads at one go. @throws ReadModelUnavailableError. */
  read<T>(query: (readModel: SqliteReadModel) => T): T {
    const { readModel, release } = this.lease();
    try {
      return query(readModel);
    } finally {
      release();
    }
  }

  /**
   * Waits until the rows that mutations show have come to a position.
   * @returns false where the time (or the signal) ran out first; at once where one of their projections has stopped before it.
   */
  async waitFor(position: Position, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const { projector, replaced } = this.#current;
      const signals = AbortSignal.any(signal ? [replaced, signal] : [replaced]);
      if (await projector.waitFor(position, { timeoutMs: Math.max(end - performance.now(), 0), signal: signals })) return true;
      if (projector === this.#current.projector || signal?.aborted) return false;
    }
  }

  /**
   * Waits until queries can be answered with all that is in the log now; where the store is away, with what there is.
   * @returns at once when it is closed.
   */
  async ready(): Promise<void> {
    const { signal } = this.#abort;
    const head = await this.#headNow();
    if (head === undefined) return;
    while (!signal.aborted) {
      const { projector, readModel, replaced } = this.#current;
      if (!(await projector.settled(head, replaced))) continue;
      if (!readModel.active) await patiently(() => readModel.activate(), signal, this.options.logger);
      return;
    }
  }

  /**
   * Makes them anew from the log, beside those that answer, and switches when they have come as far; where this is under way, it goes on.
   * @returns the generation that is being made, and when it has come to its end, with or without success: that is logged.
   */
  rebuild(): { readonly generation: number; readonly done: Promise<void> } {
    if (!this.#next) {
      const generation = this.#generation(create(this.#open, this.#current.number + 1));
      generation.projector.start();
      this.options.logger.info({ generation: generation.number }, 'making the read models anew beside those that answer');
      const done = this.#switchWhenDue(generation)
        .catch(async (error: unknown) => {
          this.options.logger.error({ err: error, generation: generation.number }, 'making the read models anew failed');
          await generation.replace();
        })
        .finally(() => (this.#next = undefined));
      this.#next = { generation, done };
    }
    const { generation, done } = this.#next;
    return { generation: generation.number, done };
  }

  /** Finishes the batch that runs, and stops. A rebuild is given up. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#next?.generation.projector.close();
    await this.#next?.done;
    await this.#healing;
    await this.#current.close();
  }

  #generation({ number, readModel }: Opened): Generation {
    const { store, projections, logger } = this.options;
    const projector = new Projector({ store, readModel, projections, logger });
    const generation = new Generation(number, readModel, projector, () => this.#open.files.delete(number));
    readModel.onDamaged((error) => {
      const what =
        error instanceof OtherHistoryError
          ? 'the log was put back to an earlier state, or another one is in its place: making the read models anew from it'
          : 'the read models are damaged: making them anew from the log';
      logger.error({ err: error, generation: number }, what);
      if (generation === this.#current) this.#healing ??= this.#heal().finally(() => (this.#healing = undefined));
    });
    return generation;
  }

  async #heal(): Promise<void> {
    const { signal } = this.#abort;
    for (const pauses = new Pauses(); !signal.aborted && this.#current.readModel.damaged; await pauses.wait(signal)) {
      try {
        await this.rebuild().done;
      } catch (error) {
        this.options.logger.error({ err: error, pause: pauses.next }, 'the read models cannot be made anew: trying again');
      }
    }
  }

  async #switchWhenDue(next: Generation): Promise<void> {
    const { logger } = this.options;
    const { signal } = this.#abort;
    for (;;) {
      await next.projector.waitUntil(() => this.#isHopeless(next) || this.#isDue(next), signal);
      if (signal.aborted || this.#isHopeless(next)) break;
      const before = this.#current;
      const switched = await patiently(() => this.#isDue(next) && this.#activate(next), signal, logger);
      if (!switched) continue;
      logger.info({ generation: next.number }, 'the read models were made anew and answer now');
      await before.replace();
      return;
    }
    if (!signal.aborted) {
      logger.error({ generation: next.number }, 'making the read models anew is given up: it did not come as far as those that answer');
    }
    await next.replace();
  }

  #activate(next: Generation): true {
    next.readModel.activate();
    this.#current = next;
    return true;
  }

  /** Whether it has come as far as those that answer, or, where none do, to the end of the log. */
  #isDue(next: Generation): boolean {
    const { progress, reachedEnd } = next.projector;
    if (!this.serving) return reachedEnd || progress.every(({ stopped }) => stopped);
    return this.#current.projector.progress.every(({ position }, i) => (progress[i]?.position ?? BEFORE_FIRST) >= position);
  }

  /** Whether it never will be due. */
  #isHopeless({ readModel, projector }: Generation): boolean {
    if (readModel.damaged) return true;
    if (!this.serving) return false;
    const live = this.#current.projector.progress;
    return projector.progress.some(({ stopped, position }, i) => stopped && position < (live[i]?.position ?? BEFORE_FIRST));
  }

  /** @returns undefined where it is closed, or queries can be answered while the store is away. */
  async #headNow(): Promise<Position | undefined> {
    const { signal } = this.#abort;
    const { store, logger } = this.options;
    for (const pauses = new Pauses(); !signal.aborted; await pauses.wait(signal)) {
      try {
        return await store.head();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        logger.warn({ err: error, position: this.position }, 'the event store is away: answering from the read models once there are any');
        if (this.serving) return undefined;
      }
    }
    return undefined;
  }
}

function statusOf({ number, projector }: Generation): GenerationStatus {
  return { generation: number, reachedEnd: projector.reachedEnd, projections: projector.progress };
}
