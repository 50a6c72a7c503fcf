import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailableError } from './errors.js';
import type { EventStore, Position, RecordedEvent } from './event-store.js';

export interface FollowOptions {
  /** Events after this position. */
  readonly after: Position;
  readonly signal: AbortSignal;
  /** Events at once; 500 by default. */
  readonly pageSize?: number;
}

export interface FollowPage {
  /** In order; empty where it is only word that the end was reached. */
  readonly events: readonly RecordedEvent[];
  /** All events up to here have been given. */
  readonly position: Position;
  /** Whether this was, when it was read, the end of the log. */
  readonly caughtUp: boolean;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/**
 * Reads the log from a position on, and goes on as it grows: history first, then live, without a gap and without a repetition, until the
 * signal. It reads a page only when asked for the next, so a slow reader never makes it hold more than one. While the store is unavailable it
 * tries again, with growing pauses.
 */
export async function* follow(store: EventStore, { after, signal, pageSize = 500 }: FollowOptions): AsyncGenerator<FollowPage, void, void> {
  const bell = new Bell();
  const stop = store.onAppended(() => bell.ring());
  const abort = (): void => bell.ring();
  signal.addEventListener('abort', abort);
  let position = after;
  let toldEnd = false;
  let retry = FIRST_RETRY_MS;
  try {
    while (!signal.aborted) {
      bell.reset();
      let events: readonly RecordedEvent[];
      try {
        events = await store.readAll({ after: position, limit: pageSize });
        retry = FIRST_RETRY_MS;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await delay(retry, undefined, { signal }).catch(() => undefined);
        retry = Math.min(retry * 2, LAST_RETRY_MS);
        continue;
      }
      position = events.at(-1)?.position ?? position;
      const caughtUp = events.length < pageSize;
      if (events.length > 0 || (caughtUp && !toldEnd)) {
        toldEnd ||= caughtUp;
        yield { events, position, caughtUp };
      } else {
        await bell.rung();
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', abort);
  }
}

/** Remembers that it was rung since the last reset, so that nothing is missed between a look and a wait. */
class Bell {
  #promise!: Promise<void>;
  #ring!: () => void;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#promise = new Promise((resolve) => (this.#ring = resolve));
  }

  ring(): void {
    this.#ring();
  }

  rung(): Promise<void> {
    return this.#promise;
  }
}
