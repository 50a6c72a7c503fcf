import type { CommandContext } from '../commands/context.js';
import type { EventWriter } from '../commands/event-writer.js';
import { LEASE_STREAM, type LeaseEvent } from '../domain/lease/events.js';
import { RevisionConflictError, StoreUnavailableError } from '../store/errors.js';
import type { EventStore, ExpectedRevision } from '../store/event-store.js';
import type { Clock } from './clock.js';

export interface LeaseOptions {
  /** What it is for: the stream is `lease-<work>`. */
  readonly work: string;
  /** Names this process, while it runs. */
  readonly holder: string;
  readonly store: Pick<EventStore, 'readStream'>;
  readonly writer: EventWriter;
  readonly clock: Clock;
}

/** A holder that was not able to renew it for so long stops. */
const HELD_MS = 60_000;
const RENEWED_EVERY_MS = 20_000;
/** Somebody else waits longer, for what clocks that do not go alike, and a stop, may take. */
const LEFT_ALONE_MS = 90_000;
const LOOKED_EVERY_MS = 5_000;

/**
 * Work that one node alone does, where several share a log. No time of day is compared: the holder counts from before it wrote, the others from when
 * they saw that it did, each by its own even clock, and of two who write at the same revision the log takes one.
 */
export class Lease {
  readonly #stream: string;

  constructor(private readonly options: LeaseOptions) {
    this.#stream = LEASE_STREAM + options.work;
  }

  /**
   * Does the work whenever this node holds the lease, until the signal. The signal that it is given ends when the lease is lost, too.
   * @throws what the work throws.
   */
  async whileHeld(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const revision = await this.#acquire(signal);
      if (revision === undefined) return;
      const lost = new AbortController();
      const ended = AbortSignal.any([signal, lost.signal]);
      const stopped = new AbortController();
      const keeping = this.#keep(revision, AbortSignal.any([signal, stopped.signal])).then((last) => {
        lost.abort();
        return last;
      });
      try {
        await work(ended);
      } finally {
        stopped.abort();
        const last = await keeping;
        if (last !== undefined) await this.#write('LeaseReleased', last).catch(ignoreIfAway);
      }
    }
  }

  /** @returns the revision that took it; undefined where the signal came first. */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.options;
    let seen: { readonly revision: number; readonly at: number } | undefined;
    while (!signal.aborted) {
      try {
        const last = await this.#last();
        if (last && seen?.revision !== last.revision) seen = { revision: last.revision, at: clock.elapsed() };
        const isFree = !last || last.type === 'LeaseReleased' || (seen && clock.elapsed() - seen.at >= LEFT_ALONE_MS);
        const revision = isFree ? await this.#write('LeaseTaken', last?.revision ?? 'no_stream') : undefined;
        if (revision !== undefined) return revision;
      } catch (error) {
        ignoreIfAway(error);
      }
      await clock.wait(LOOKED_EVERY_MS, signal);
    }
    return undefined;
  }

  /** Renews it until the signal. @returns the revision that it is at; undefined where it is lost. */
  async #keep(taken: number, signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.options;
    let revision = taken;
    let until = clock.elapsed() + HELD_MS;
    for (;;) {
      await clock.wait(Math.min(RENEWED_EVERY_MS, until - clock.elapsed()), signal);
      if (signal.aborted) return revision;
      const began = clock.elapsed();
      if (began >= until) return undefined;
      try {
        const renewed = await this.#write('LeaseTaken', revision);
        if (renewed === undefined) return undefined;
        revision = renewed;
        until = began + HELD_MS;
      } catch (error) {
        ignoreIfAway(error);
      }
    }
  }

  async #last(): Promise<{ readonly type: string; readonly revision: number } | undefined> {
    const [last] = await this.options.store.readStream(this.#stream, { direction: 'backwards', limit: 1 });
    return last;
  }

  /** @returns undefined where somebody else wrote before. */
  async #write(type: LeaseEvent['type'], expected: ExpectedRevision): Promise<number | undefined> {
    const { holder, writer } = this.options;
    const context: CommandContext = { actor: { id: 'regraft', kind: 'SERVICE' }, correlationId: holder };
    try {
      return (await writer.append(this.#stream, expected, [{ type, data: { holder } }], context)).revision;
    } catch (error) {
      if (error instanceof RevisionConflictError) return undefined;
      throw error;
    }
  }
}

/** It is tried again; a holder that cannot write for long stops. */
function ignoreIfAway(error: unknown): void {
  if (!(error instanceof StoreUnavailableError)) throw error;
}
