import { Refusal } from '../domain/errors.js';
import type { RecordedEvent } from '../store/event-store.js';

/**
 * The events of a stream that a command may decide on. A type that this program does not know is passed over: by the rule for new types
 * (docs/decisions/0004), they change nothing that older programs decide. A newer version of a known type may change just that.
 * @throws Refusal SERVER_OUTDATED at such a version.
 */
export function readable(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  for (const { unread, stream, type, metadata } of events) {
    if (unread !== 'newer-version') continue;
    throw new Refusal(
      'SERVER_OUTDATED',
      `${stream} has ${type} in version ${metadata.schemaVersion}, which this server cannot read yet: ask a server of a newer release`,
      { stream, type, schemaVersion: metadata.schemaVersion },
    );
  }
  return events.filter(({ unread }) => unread === undefined);
}
