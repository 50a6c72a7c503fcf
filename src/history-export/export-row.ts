import type { JsonObject } from '../domain/json.js';
import { maskedIn, maskEvent } from '../domain/masked-events.js';
import type { EventMetadata, RecordedEvent } from '../store/event-store.js';
import { asRecorded, hashOf } from '../store/hash-chain.js';
import { encodePosition } from '../store/position.js';

/** An event of an exported history: what it takes to find it in the log, and to compute its hash anew. */
export interface ExportRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  /** See `hash-chain.ts`. */
  readonly hash: string;
  /** The fields of the data that are not shown: of an event that has some, the hash cannot be computed from the row. */
  readonly masked: readonly string[];
  /** As recorded: who, when and why, and the hash of the event before. */
  readonly metadata: EventMetadata;
  /** As recorded, but for what is masked. */
  readonly data: JsonObject;
}

export function toExportRow(logId: string, event: RecordedEvent): ExportRow {
  const recorded = asRecorded(event);
  return {
    position: encodePosition(logId, event.position),
    stream: event.stream,
    revision: event.revision,
    id: event.eventId,
    type: event.type,
    recordedAt: event.recordedAt,
    hash: hashOf(recorded),
    masked: maskedIn(event.type, recorded.data),
    metadata: event.metadata,
    data: maskEvent(event.type, recorded.data),
  };
}
