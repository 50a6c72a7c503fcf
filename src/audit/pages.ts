import { CorruptLogError } from '../store/errors.js';
import type { EventStore, Position, RecordedEvent } from '../store/event-store.js';

const PAGE = 1000;

/**
 * The events of a log in its order, page by page, up to the end that it has when this starts: so that it ends, though others append.
 * @throws CorruptLogError at an event that cannot be read, after all events before it were given.
 */
export async function* pagesOf(store: EventStore, after: Position, size = PAGE): AsyncGenerator<readonly RecordedEvent[], void, void> {
  const end = await store.head();
  let limit = size;
  for (let position = after; position < end;) {
    let events: readonly RecordedEvent[];
    try {
      events = await store.readAll({ after: position, limit });
    } catch (error) {
      if (!(error instanceof CorruptLogError) || limit === 1) throw error;
      limit = 1;
      continue;
    }
    const last = events.at(-1);
    if (!last) return;
    position = last.position;
    yield position <= end ? events : events.filter((event) => event.position <= end);
  }
}
