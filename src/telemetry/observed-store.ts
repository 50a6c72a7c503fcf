import { AppendTooLargeError, RevisionConflictError, StoreUnavailableError } from '../store/errors.js';
import type { AppendResult, EventStore } from '../store/event-store.js';
import type { AppendOutcome, Metrics } from './metrics.js';
import { inSpan } from './tracing.js';

/** A store whose appends are measured, and shown in traces. All else goes through as it is. */
export function observedStore(store: EventStore, metrics: Metrics | undefined): EventStore {
  const observed = (stream: string, count: number, append: () => Promise<AppendResult>): Promise<AppendResult> =>
    inSpan('append', { 'regraft.stream': stream, 'regraft.events': count }, () => (metrics ? measured(metrics, count, append) : append()));
  return {
    logId: store.logId,
    dense: store.dense,
    get timesNeverGoBack() {
      return store.timesNeverGoBack;
    },
    append: (stream, expected, events) => observed(stream, events.length, () => store.append(stream, expected, events)),
    importEvents: (stream, expected, events) => observed(stream, events.length, () => store.importEvents(stream, expected, events)),
    readStream: (stream, options) => store.readStream(stream, options),
    readFirst: (streams) => store.readFirst(streams),
    readAt: (positions) => store.readAt(positions),
    readAll: (options) => store.readAll(options),
    head: () => store.head(),
    follow: (options) => store.follow(options),
    close: () => store.close(),
  };
}

async function measured(metrics: Metrics, count: number, append: () => Promise<AppendResult>): Promise<AppendResult> {
  const stop = metrics.appendSeconds.startTimer();
  try {
    const result = await append();
    stop();
    metrics.appendEvents.observe(count);
    metrics.appends.inc({ outcome: 'appended' });
    return result;
  } catch (error) {
    metrics.appends.inc({ outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): AppendOutcome {
  if (error instanceof RevisionConflictError) return 'conflict';
  if (error instanceof AppendTooLargeError) return 'too_large';
  return error instanceof StoreUnavailableError ? 'unavailable' : 'failed';
}
