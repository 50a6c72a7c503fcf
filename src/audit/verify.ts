import { CorruptLogError } from '../store/errors.js';
import { BEFORE_FIRST, type EventStore } from '../store/event-store.js';
import { LogChecker, type BrokenLink } from './log-checker.js';
import { pagesOf } from './pages.js';

export interface Verification {
  readonly logId: string;
  /** Events and streams that were found right. */
  readonly events: number;
  readonly streams: number;
  /** The first event that is not; nothing after it was looked at. */
  readonly broken: BrokenLink | null;
}

/**
 * Walks the whole log, up to its end as of now, and checks every event.
 * @param store whose reads give events as they are recorded.
 * @param progress is told now and then how many events were checked.
 */
export async function verifyLog(store: EventStore, progress: (events: number) => void): Promise<Verification> {
  const checker = new LogChecker(store);
  const verification = (broken: BrokenLink | null): Verification => ({
    logId: store.logId,
    events: checker.events,
    streams: checker.streams,
    broken,
  });
  try {
    for await (const events of pagesOf(store, BEFORE_FIRST)) {
      for (const event of events) {
        const broken = checker.check(event);
        if (broken) return verification(broken);
      }
      progress(checker.events);
    }
  } catch (error) {
    if (!(error instanceof CorruptLogError) || !error.at) throw error;
    return verification({ ...error.at, problem: error.message });
  }
  return verification(null);
}
