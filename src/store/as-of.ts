import type { Position, RecordedEvent, StreamReader } from './event-store.js';

/** The streams as they were at a position, its event included. Backwards, from a revision that was there then. */
export function streamsAsOf(store: StreamReader, position: Position): StreamReader {
  const past = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => events.filter((event) => event.position <= position);
  return {
    readStream: async (stream, options) => past(await store.readStream(stream, options)),
    readFirst: async (streams) => past(await store.readFirst(streams)),
  };
}
