import { AppendTooLargeError } from './errors.js';
import { MAX_APPEND_BYTES, type NewEvent, type StreamName } from './event-store.js';

export interface SerializedEvent {
  readonly eventId: string;
  readonly type: string;
  /** JSON. */
  readonly data: string;
  /** JSON. */
  readonly metadata: string;
}

/**
 * The events of one append as text, after what every store asks of them.
 * @throws RangeError where there is none; AppendTooLargeError where they are larger than MAX_APPEND_BYTES together.
 */
export function serialize(stream: StreamName, events: readonly NewEvent[]): readonly SerializedEvent[] {
  if (events.length === 0) throw new RangeError('an append has at least one event');
  const serialized = events.map(toText);
  const bytes = serialized.reduce((sum, event) => sum + bytesOf(event), 0);
  if (bytes > MAX_APPEND_BYTES) throw new AppendTooLargeError(stream, bytes, MAX_APPEND_BYTES);
  return serialized;
}

/** What an event counts for in an append. */
export function sizeOf(event: NewEvent): number {
  return bytesOf(toText(event));
}

function toText({ eventId, type, data, metadata }: NewEvent): SerializedEvent {
  return { eventId, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
}

/** For the time of recording that EventStoreDB keeps with an imported event: so what one store takes can be moved to any other. */
const ROOM_TO_MOVE = 64;

/** As EventStoreDB counts: data and metadata in UTF-8, the type at two bytes a character. */
function bytesOf({ type, data, metadata }: SerializedEvent): number {
  return Buffer.byteLength(data) + Buffer.byteLength(metadata) + type.length * 2 + ROOM_TO_MOVE;
}
