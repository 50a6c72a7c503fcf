import type { Logger } from '../logger.js';
import { Pauses } from '../pauses.js';
import { StoreUnavailableError } from '../store/errors.js';
import { BEFORE_FIRST, type EventStore, type FollowPage, type Position } from '../store/event-store.js';
import { inSpanOf } from '../telemetry/tracing.js';
import { applyEvents, type Applied } from './apply.js';
import { ReadModelUnavailableError } from './errors.js';
import { patiently } from './patiently.js';
import type { Projection } from './projection.js';
import type { SqliteReadModel } from './read-model.js';
import { holdsCheckpoints, OtherHistoryError } from './same-log.js';
import { Waiters, type WaitOptions } from './waiters.js';

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly readModel: SqliteReadModel;
  readonly projections: readonly Projection[];
  readonly logger: Logger;
}

/** Where a projection stands. */
export interface ProjectionProgress {
  readonly name: string;
  readonly readBack: boolean;
  /** All events up to here are in its rows. */
  readonly position: Position;
  /** The event that it could not apply, where it is stopped. */
  readonly stopped?: { readonly position: Position; readonly type: string };
}

const BATCH = 1000;
/** What timers can wait at most: 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * Brings the read models up to the log, and keeps them there. Events are applied in batches, each projection's rows together with its checkpoint,
 * so that each event is applied exactly once, whatever happens in between. A projection that cannot apply an event stops alone, before that event,
 * until the next start or a rebuild: nothing is skipped, and the others go on.
 */
export class Projector {
  readonly #abort = new AbortController();
  readonly #waiters = new Waiters();
  readonly #progress = new Map<Projection, ProjectionProgress>();
  #reachedEnd = false;
  #compared: 'not yet' | 'store away' | 'same history' = 'not yet';
  #running: Promise<void> | undefined;

  constructor(private readonly options: ProjectorOptions) {
    for (const projection of options.projections) {
      const { name, readBack } = projection;
      this.#progress.set(projection, { name, readBack, position: options.readModel.checkpoint(name)?.position ?? BEFORE_FIRST });
    }
  }

  /** Each projection, in the order in which they were given. */
  get progress(): readonly ProjectionProgress[] {
    return [...this.#progress.values()];
  }

  /** All events up to here are in the rows that mutations show. */
  get position(): Position {
    return Math.min(...this.progress.filter(({ readBack }) => readBack).map(({ position }) => position));
  }

  /** Whether it has been at the end of the log since it started. */
  get reachedEnd(): boolean {
    return this.#reachedEnd;
  }

  /** Whether the rows may be shown: not before they were compared with the log. While the store is away, what there is must do. */
  get trusted(): boolean {
    return this.#compared !== 'not yet';
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Waits until the rows that mutations show have come to a position.
   * @returns false where the time (or the signal) ran out first; at once where one of their projections has stopped before it.
   */
  waitFor(position: Position, options: WaitOptions): Promise<boolean> {
    return this.#waiters.wait(() => {
      const behind = this.progress.filter((each) => each.readBack && each.position < position);
      if (behind.length === 0) return true;
      return behind.some(({ stopped }) => stopped) ? false : undefined;
    }, options);
  }

  /**
   * Waits until something is so, looking after each batch.
   * @returns false where it was closed, or the signal came, before.
   */
  waitUntil(condition: () => boolean, signal?: AbortSignal): Promise<boolean> {
    return this.#waiters.wait(() => condition() || undefined, { timeoutMs: FOR_EVER_MS, ...(signal && { signal }) });
  }

  /**
   * Waits until the rows are known to be of this log, and whole, and every projection that is not stopped has come to a position.
   * @returns false where it was closed, or the signal came, before.
   */
  settled(position: Position, signal?: AbortSignal): Promise<boolean> {
    const come = (): boolean => this.progress.every((each) => each.stopped !== undefined || each.position >= position);
    return this.waitUntil(() => this.#compared === 'same history' && !this.options.readModel.damaged && come(), signal);
  }

  /** Finishes the batch that runs, and stops. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    this.#waiters.giveUp();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const pauses = new Pauses();
    while (!signal.aborted && this.#going().length > 0) {
      try {
        await this.#compare();
        await this.#follow();
      } catch (error) {
        // Nothing is to be written to it any more: it is replaced as a whole.
        if (error instanceof ReadModelUnavailableError) return this.#waiters.lookAgain();
        this.options.logger.error({ err: error, pause: pauses.next }, 'the log cannot be followed: trying again');
        await pauses.wait(signal);
      }
    }
  }

  /** Compares the rows with the log, once; waits for a store that is away. @throws ReadModelUnavailableError where they are of another history. */
  async #compare(): Promise<void> {
    const { store, readModel, projections } = this.options;
    const { signal } = this.#abort;
    const checkpoints = projections.map(({ name }) => readModel.checkpoint(name)).filter((checkpoint) => checkpoint !== undefined);
    for (const pauses = new Pauses(); this.#compared !== 'same history' && !signal.aborted; await pauses.wait(signal)) {
      try {
        if (!(await holdsCheckpoints(store, checkpoints))) {
          const reason = new OtherHistoryError();
          readModel.distrust(reason);
          throw new ReadModelUnavailableError({ cause: reason });
        }
        this.#compared = 'same history';
        return this.#waiters.lookAgain();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        this.#compared = 'store away';
      }
    }
  }

  /** Follows the log from where the last of those that go on stands, until one of them stops: then the others need no longer wait for it. */
  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    const after = Math.min(...this.#going().map(([, { position }]) => position));
    for await (const page of this.options.store.follow({ after, signal, pageSize: BATCH })) {
      const stopped = await patiently(() => this.#apply(page), signal, this.options.logger);
      this.#reachedEnd ||= page.caughtUp;
      this.#waiters.lookAgain();
      if (stopped) return;
      // While it catches up, others shall have their turn between batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #going(): [Projection, ProjectionProgress][] {
    return [...this.#progress].filter(([, { stopped }]) => !stopped);
  }

  /** @returns whether a projection stopped. */
  #apply({ events, position: upTo }: FollowPage): boolean {
    const { readModel } = this.options;
    const behind = this.#going().filter(([, { position }]) => position < upTo);
    if (behind.length === 0) return false;
    const applied = inSpanOf(events, 'project', () =>
      readModel.transaction(() =>
        behind.map(([projection, { position }]) => [projection, applyEvents(readModel, projection, position, events, upTo)] as const),
      ),
    );
    for (const [projection, { position, failed }] of applied) {
      const { name, readBack } = projection;
      this.#progress.set(projection, { name, readBack, position, ...(failed && { stopped: this.#stop(name, failed) }) });
    }
    return applied.some(([, { failed }]) => failed);
  }

  #stop(projection: string, { event, error }: NonNullable<Applied['failed']>): { position: Position; type: string } {
    const { position, type, stream } = event;
    const details = { err: error, projection, position, type, stream };
    this.options.logger.error(details, 'a projection is stopped at an event that it cannot apply: mend it and start again, or rebuild');
    return { position, type };
  }
}
