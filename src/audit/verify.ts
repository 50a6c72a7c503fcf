import { CorruptLogError } from '../store/errors.js';
import type { Pacer } from '../pacer.js';
import { BEFORE_FIRST, type EventStore, type Position } from '../store/event-store.js';
import type { SignedCheckpoint } from './checkpoints/checkpoint.js';
import { CheckpointChecker, type BrokenCheckpoint } from './checkpoints/checkpoint-checker.js';
import { leafOf } from './checkpoints/leaf.js';
import { LogChecker, type BrokenLink } from './log-checker.js';
import { pagesOf } from './pages.js';

export interface Verification {
  readonly logId: string;
  /** Events and streams that were found right. */
  readonly events: number;
  readonly streams: number;
  /** How many of the events are proven by a checkpoint; 0 where there is none. */
  readonly proven: number;
  /** The first event that is not right; nothing after it was looked at. */
  readonly broken: BrokenLink | null;
  /** The first checkpoint that is not of this log, though each of its events may be right. */
  readonly brokenCheckpoint: BrokenCheckpoint | null;
}

/** Read in one go, beside requests: about a millisecond. */
const PACED_PAGE = 100;

/**
 * Walks the whole log, up to its end as of now, and checks every event.
 * @param store whose reads give events as they are recorded.
 * @param checkpoints that were made before now, and whose signatures are right: the log must be as they say.
 * @param progress is told now and then how many events were checked, and where the last of them is.
 * @param pacer lets other work have its turn between events; without one, there is none that waits.
 * @throws the reason of the pacer's signal once it is aborted.
 */
export async function verifyLog(
  store: EventStore,
  progress: (events: number, position: Position) => void,
  checkpoints: readonly SignedCheckpoint[] = [],
  pacer?: Pacer,
): Promise<Verification> {
  const checker = new LogChecker(store);
  const compared = new CheckpointChecker(checkpoints);
  const verification = (broken: BrokenLink | null): Verification => ({
    logId: store.logId,
    events: checker.events,
    streams: checker.streams,
    proven: compared.right,
    broken,
    brokenCheckpoint: compared.broken,
  });
  try {
    for await (const events of pagesOf(store, BEFORE_FIRST, pacer && PACED_PAGE)) {
      for (const event of events) {
        await pacer?.breathe();
        const broken = checker.check(event);
        if (broken) return verification(broken);
        if (checkpoints.length > 0) compared.next(leafOf(event, checker.hashAt(event.stream)));
      }
      progress(checker.events, events.at(-1)?.position ?? BEFORE_FIRST);
    }
  } catch (error) {
    if (!(error instanceof CorruptLogError) || !error.at) throw error;
    return verification({ ...error.at, problem: error.message });
  }
  compared.end();
  return verification(null);
}
