import { KEY_STREAM } from '../domain/key/events.js';
import { BEFORE_FIRST, type EventStore, type StreamName } from '../store/event-store.js';
import type { DataKeys } from './data-keys.js';

export interface Rotation {
  /** Data keys in the log. */
  readonly keys: number;
  /** Those of them that were wrapped by another master key until now. */
  readonly rewrapped: number;
}

const PAGE = 1000;

/**
 * Wraps every data key of a log by the current master key. Values that they seal stay as they are. Run again after it was interrupted, it does what is left.
 * @param progress is told now and then how many events were looked at.
 * @throws Refusal SECRET_KEY_WRONG at a key that neither master key opens.
 */
export async function rotateKeys(store: EventStore, keys: DataKeys, progress: (events: number) => void): Promise<Rotation> {
  const streams = new Set<StreamName>();
  let looked = 0;
  for (let after = BEFORE_FIRST; ;) {
    const events = await store.readAll({ after, limit: PAGE });
    const last = events.at(-1);
    if (!last) break;
    for (const { stream } of events) if (stream.startsWith(KEY_STREAM)) streams.add(stream);
    after = last.position;
    progress((looked += events.length));
  }
  let rewrapped = 0;
  for (const stream of streams) if (await keys.rewrap(stream)) rewrapped += 1;
  return { keys: streams.size, rewrapped };
}
