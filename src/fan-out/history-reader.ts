import { historyPage } from '../../projections/history/queries.js';
import { historyProjection } from '../../projections/history/projection.js';
import type { ReadModels } from '../projector/read-models.js';
import { BEFORE_FIRST, type EventStore, type Position, type RecordedEvent } from '../store/event-store.js';
import type { EventFilter } from './event-filter.js';

/** A page is what a subscriber that does not ask for more holds. */
const PAGE = 100;

export interface HistoryPage {
  /** In order; with all that pass the filter between where it was asked from and the position, maybe with others. */
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been looked at; the position that was asked from where the log has no more. */
  readonly position: Position;
}

/** @throws StoreUnavailableError. */
export type ReadHistory = (filter: EventFilter, after: Position) => Promise<HistoryPage>;

/**
 * Reads history from the log. Of an app or a template, the read models tell where that is, as far as they have come; without them, and beyond
 * them, every event is read: they make it faster, and nothing rests on them.
 */
export function historyReader(store: EventStore, readModels: Pick<ReadModels, 'serving' | 'read'>, page = PAGE): ReadHistory {
  return async (filter, after) => {
    const found = readModels.serving ? lookUp(readModels, filter, after, page) : undefined;
    if (found) return { events: await store.readAt(found.positions), position: found.upTo };
    const events = await store.readAll({ after, limit: page });
    return { events, position: events.at(-1)?.position ?? after };
  };
}

interface Found {
  readonly positions: readonly Position[];
  readonly upTo: Position;
}

/**
 * By app or template alone: their indexes are in the order of the log, so that a page costs what is in it.
 * @returns undefined for other filters, and where the read models have not come further than that.
 */
function lookUp(
  readModels: Pick<ReadModels, 'read'>,
  { appId, templateId }: EventFilter,
  after: Position,
  page: number,
): Found | undefined {
  if (appId === undefined && templateId === undefined) return undefined;
  return readModels.read((db) => {
    const known = db.checkpoint(historyProjection.name)?.position ?? BEFORE_FIRST;
    if (known <= after) return undefined;
    const { rows, hasNextPage } = historyPage(db, appId === undefined ? { templateId } : { appId }, page, { position: after });
    const positions = rows.map(({ position }) => position);
    return { positions, upTo: Math.max(positions.at(-1) ?? after, hasNextPage ? after : known) };
  });
}
