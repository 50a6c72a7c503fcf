import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';
import type { JsonObject } from '../../domain/json.js';
import { CorruptLogError, StoreUnavailableError } from '../errors.js';
import type { EventMetadata, Position, RecordedEvent } from '../event-store.js';

/** Holds the name of the log, in one event; no reader sees it. */
export const LOG_STREAM = 'regraft-log';

/** Where an imported event keeps the time at which it was recorded first; seen by this adapter alone. */
export const RECORDED_AT = '$recordedAt';

/** What was read, of a stream or of all. */
export type Resolved = ResolvedEvent | AllStreamResolvedEvent;

/** @throws StoreUnavailableError where the server does not tell positions with the events of streams (before 22.6). */
export function positionOf({ event, commitPosition }: Resolved): Position {
  const position = Number(event?.position?.commit ?? commitPosition ?? -1n);
  // Absent is sent as the largest number of 64 bits.
  if (position < 0 || !Number.isSafeInteger(position)) throw new StoreUnavailableError('EventStoreDB 22.10 or later is needed');
  return position;
}

/** The streams that Regraft alone writes. */
const OUR_STREAMS = /^(?:app|template|definition|name|key|token|webhook|delivery|lease)-/;

/** An event of a stream of ours. @throws CorruptLogError where it is none that Regraft wrote. */
export function toRecordedEvent(resolved: Resolved): RecordedEvent {
  const event = readEvent(resolved);
  if (!event) throw notOurs(resolved);
  return event;
}

/**
 * An event that Regraft did not write in a stream that it alone writes, which blocks whatever the stream is of; undefined where it is another one.
 */
export function intruderIn(resolved: Resolved): CorruptLogError | undefined {
  return OUR_STREAMS.test(resolved.event?.streamId ?? '') && !readEvent(resolved) ? notOurs(resolved) : undefined;
}

function notOurs(resolved: Resolved): CorruptLogError {
  const { event } = resolved;
  if (!event) return new CorruptLogError('a stream holds a link to an event that is gone');
  const { streamId: stream, id: eventId } = event;
  const revision = Number(event.revision);
  const message = `${stream} revision ${revision}: Regraft did not write this event`;
  return new CorruptLogError(message, { stream, revision, position: positionOf(resolved), eventId });
}

/** An event of `$all`; undefined where it is the server's own, or another program's. */
export function readEvent(resolved: Resolved): RecordedEvent | undefined {
  const { event } = resolved;
  if (!event?.isJson || event.streamId.startsWith('$') || event.streamId === LOG_STREAM || event.type.startsWith('$')) return undefined;
  const kept: unknown = event.metadata;
  if (!isMetadata(kept)) return undefined;
  const { [RECORDED_AT]: recordedAt, ...metadata } = kept;
  return {
    eventId: event.id,
    type: event.type,
    data: event.data as JsonObject,
    metadata,
    stream: event.streamId,
    revision: Number(event.revision),
    position: positionOf(resolved),
    recordedAt: recordedAt ?? event.created.toISOString(),
  };
}

function isMetadata(metadata: unknown): metadata is EventMetadata & { readonly [RECORDED_AT]?: string } {
  return typeof metadata === 'object' && metadata !== null && 'schemaVersion' in metadata;
}
