import type { RecordedEvent } from '../../store/event-store.js';
import { hashOf } from '../../store/hash-chain.js';
import { leafHash } from './merkle-tree.js';

/**
 * The leaf of an event: the JSON text, without spaces, of `[stream, revision, id, time of recording, hash]`. The place in the tree stands for
 * that in the log; the position is left out, as it is another one in another store, and the tree outlives a move.
 * @param event as it is recorded.
 * @param hash of it, where it is known.
 */
export function leafOf(event: RecordedEvent, hash = hashOf(event)): Buffer {
  return leafHash(Buffer.from(JSON.stringify([event.stream, event.revision, event.eventId, event.recordedAt, hash])));
}
