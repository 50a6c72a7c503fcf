import { CorruptLogError } from '../store/errors.js';
import type { EventStore } from '../store/event-store.js';
import type { Checkpoint } from './read-model.js';

/** Rows were made from events that are not in the log (any more): a backup of the log, older than they are, was put in its place. */
export class OtherHistoryError extends Error {
  override readonly name = 'OtherHistoryError';
  readonly type = 'other-history';

  constructor() {
    super('the log does not hold the last events that the read models were made from');
  }
}

/**
 * Whether a log still holds the events at which the rows stand. Not so where it ends before them, nor where it has grown past them with others.
 * @throws StoreUnavailableError.
 */
export async function holdsCheckpoints(store: EventStore, checkpoints: readonly Checkpoint[]): Promise<boolean> {
  if (checkpoints.length === 0) return true;
  try {
    const events = await store.readAt([...new Set(checkpoints.map(({ position }) => position))]);
    const idAt = new Map(events.map(({ position, eventId }) => [position, eventId]));
    return checkpoints.every(({ position, eventId }) => idAt.get(position) === eventId);
  } catch (error) {
    // It is there, and was read once: making the rows anew would only lose them.
    if (error instanceof CorruptLogError) return true;
    throw error;
  }
}
