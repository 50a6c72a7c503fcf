import type { Position, RecordedEvent } from '../store/event-store.js';
import { isFaultOfStorage } from './errors.js';
import type { Projection } from './projection.js';
import type { SqliteReadModel } from './read-model.js';

/** What a projection has come to: all up to a position, and the event that it could not apply, where there was one. */
export interface Applied {
  readonly position: Position;
  readonly failed?: { readonly event: RecordedEvent; readonly error: unknown };
}

/**
 * Within a transaction, applies to one projection what it has not seen of some events, all with positions up to `upTo`. Where one fails, those
 * before it are kept, and nothing of it nor of those after it.
 * @throws what is the fault of the storage, not of the event.
 */
export function applyEvents(
  readModel: SqliteReadModel,
  projection: Projection,
  seen: Position,
  events: readonly RecordedEvent[],
  upTo: Position,
): Applied {
  if (upTo <= seen) return { position: seen };
  const fresh = events.filter(({ position }) => position > seen);
  const failed = attempt(readModel, projection, fresh);
  if (!failed) return { position: upTo };
  const before = fresh.slice(0, fresh.indexOf(failed.event));
  const position = before.at(-1)?.position ?? seen;
  if (position > seen) {
    const again = attempt(readModel, projection, before);
    // It applied them a moment ago: that it does not now means that it is not a function of the events.
    if (again) return { position: seen, failed: again };
  }
  return { position, failed };
}

function attempt(readModel: SqliteReadModel, projection: Projection, events: readonly RecordedEvent[]): Applied['failed'] | undefined {
  const last = events.at(-1);
  if (!last) return undefined;
  let current: RecordedEvent | undefined;
  try {
    readModel.savepoint(() => {
      for (current of events) projection.apply(current, readModel);
      current = undefined;
      readModel.setCheckpoint(projection.name, last);
    });
    return undefined;
  } catch (error) {
    if (!current || isFaultOfStorage(error)) throw error;
    return { event: current, error };
  }
}
