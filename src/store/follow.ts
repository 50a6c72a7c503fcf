import type { Bell } from './bell.js';
import { StoreUnavailableError } from './errors.js';
import type { FollowOptions, FollowPage, Position, RecordedEvent } from './event-store.js';
import { Pauses } from '../pauses.js';

export interface FollowedLog {
  readAll(options: { after: Position; limit: number }): Promise<readonly RecordedEvent[]>;
  /** Rung after each commit. */
  readonly appended: Bell;
}

/**
 * Follows a log that lives in this process: reads a page only when asked for the next, and waits for the bell at the end. See `EventStore.follow`.
 */
export async function* followByReading(
  log: FollowedLog,
  { after, signal, pageSize = 500 }: FollowOptions,
): AsyncGenerator<FollowPage, void, void> {
  const pauses = new Pauses();
  let position = after;
  let toldEnd = false;
  while (!signal.aborted) {
    const rings = log.appended.rings;
    let events: readonly RecordedEvent[];
    try {
      events = await log.readAll({ after: position, limit: pageSize });
      pauses.reset();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await pauses.wait(signal);
      continue;
    }
    position = events.at(-1)?.position ?? position;
    const caughtUp = events.length < pageSize;
    if (events.length > 0 || (caughtUp && !toldEnd)) {
      toldEnd ||= caughtUp;
      yield { events, position, caughtUp };
    } else {
      await log.appended.wait(rings, signal);
    }
  }
}
