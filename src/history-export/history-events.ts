import { historyProjection } from '../../projections/history/projection.js';
import { historyPage, type HistoryFilter } from '../../projections/history/queries.js';
import { Pacer } from '../pacer.js';
import type { ReadModels } from '../projector/read-models.js';
import { BEFORE_FIRST, type EventStore, type Position, type RecordedEvent } from '../store/event-store.js';

/** Held at once: of contents, which are the largest events, some 75 MiB at the worst. */
const PAGE = 100;

export interface HistorySource {
  /** Its events are decoded, as everything above the store sees them. */
  readonly store: Pick<EventStore, 'logId' | 'readAt'>;
  readonly readModels: Pick<ReadModels, 'read'>;
}

export interface HistoryRange {
  readonly after: Position;
  /** The last that may be given. */
  readonly upTo: Position;
}

/** Everything up to there is found by a filter. @throws ReadModelUnavailableError. */
export function historyPosition({ readModels }: HistorySource): Position {
  return readModels.read((db) => db.checkpoint(historyProjection.name)?.position ?? BEFORE_FIRST);
}

/**
 * The events of a history query within a range, in the order of the log, and so the same ones whenever it is asked: a page is read when it is asked
 * for, and events that are appended meanwhile come after the range. Other work has its turn between events.
 * @throws ReadModelUnavailableError, StoreUnavailableError; the reason of the signal once it is aborted.
 */
export async function* historyEvents(
  { store, readModels }: HistorySource,
  filter: HistoryFilter,
  { after, upTo }: HistoryRange,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<RecordedEvent, void, void> {
  const pacer = new Pacer(signal);
  for (let position = after, more = true; more;) {
    // A lease for each page: a rebuild that ends meanwhile does not wait for a slow reader, and positions are the same before and after.
    const { rows, hasNextPage } = readModels.read((db) => historyPage(db, filter, PAGE, { position }));
    const wanted = rows.map((row) => row.position).filter((each) => each <= upTo);
    for (const event of await store.readAt(wanted)) {
      await pacer.breathe();
      yield event;
    }
    position = wanted.at(-1) ?? upTo;
    more = hasNextPage && wanted.length === rows.length;
  }
}
