import type { EventStore, Position } from '../store/event-store.js';
import { toCloudEvent } from './cloud-event.js';
import { pagesOf } from './pages.js';

/**
 * The events after a position, up to the end of the log as of now, as NDJSON of CloudEvents 1.0: a page of lines at a time.
 * @param store whose reads give events as they are recorded.
 */
export async function* exportLines(store: EventStore, after: Position, progress: (events: number) => void): AsyncGenerator<string> {
  let exported = 0;
  for await (const events of pagesOf(store, after)) {
    yield events.map((event) => `${JSON.stringify(toCloudEvent(store.logId, event))}\n`).join('');
    exported += events.length;
    progress(exported);
  }
}
