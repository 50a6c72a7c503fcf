import type { EventCodec } from './codec.js';
import type { EventStore, FollowPage, RecordedEvent } from './event-store.js';

/** A store whose reads give events in their newest versions; what is appended goes through as it is. Audits read the store beneath. */
export function decodingStore(store: EventStore, codec: EventCodec): EventStore {
  const decoded = async (events: Promise<readonly RecordedEvent[]>): Promise<readonly RecordedEvent[]> =>
    (await events).map((event) => codec.decode(event));
  async function* followDecoded(pages: AsyncGenerator<FollowPage, void, void>): AsyncGenerator<FollowPage, void, void> {
    for await (const { events, ...page } of pages) yield { ...page, events: events.map((event) => codec.decode(event)) };
  }
  return {
    logId: store.logId,
    dense: store.dense,
    get timesNeverGoBack() {
      return store.timesNeverGoBack;
    },
    append: (stream, expected, events) => store.append(stream, expected, events),
    importEvents: (stream, expected, events) => store.importEvents(stream, expected, events),
    readStream: (stream, options) => decoded(store.readStream(stream, options)),
    readFirst: (streams) => decoded(store.readFirst(streams)),
    readAt: (positions) => decoded(store.readAt(positions)),
    readAll: (options) => decoded(store.readAll(options)),
    head: () => store.head(),
    follow: (options) => followDecoded(store.follow(options)),
    close: () => store.close(),
  };
}
