import { maskEvent } from '../../domain/masked-events.js';
import type { RecordedEvent } from '../../store/event-store.js';
import { asRecorded, hashOf } from '../../store/hash-chain.js';
import { encodePosition } from '../../store/position.js';
import type { Event } from './history.types.js';

export function toEvent(logId: string, event: RecordedEvent): Event {
  const { metadata } = event;
  return {
    id: event.eventId,
    position: encodePosition(logId, event.position),
    stream: event.stream,
    revision: event.revision,
    type: event.type,
    schemaVersion: metadata.schemaVersion,
    occurredAt: metadata.occurredAt,
    recordedAt: event.recordedAt,
    actor: metadata.actor,
    commandId: metadata.commandId ?? null,
    correlationId: metadata.$correlationId,
    causationId: metadata.$causationId,
    data: maskEvent(event.type, event.data),
    previousHash: metadata.previousHash ?? null,
    // As long as it takes to read an event: for those who ask.
    get hash() {
      return hashOf(asRecorded(event));
    },
  };
}
