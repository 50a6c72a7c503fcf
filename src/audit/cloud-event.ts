import Type, { type Static } from 'typebox';
import Compile from 'typebox/compile';
import type { JsonObject } from '../domain/json.js';
import type { EventMetadata, RecordedEvent } from '../store/event-store.js';
import { hashOf } from '../store/hash-chain.js';
import { decodePosition, encodePosition } from '../store/position.js';

const SOURCE = 'urn:regraft:log:';
const anyObject = Type.Unsafe<JsonObject>(Type.Object({}));

/** An event as a CloudEvent 1.0 in JSON: the attributes that CloudEvents has, and four extensions. */
const CloudEventSchema = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ minLength: 1 }),
  source: Type.String({ pattern: `^${SOURCE}[0-9A-Za-z]+$` }),
  type: Type.String({ minLength: 1 }),
  /** The stream. */
  subject: Type.String({ minLength: 1 }),
  /** When it was recorded, to the millisecond. */
  time: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' }),
  datacontenttype: Type.Literal('application/json'),
  data: anyObject,
  /** Place within the stream. */
  revision: Type.Integer({ minimum: 0 }),
  /** As clients of the API see it. */
  position: Type.String(),
  /** JSON text: extensions are no objects. */
  metadata: Type.String(),
  /** Of the event itself, see `hash-chain.ts`. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});

export type CloudEvent = Static<typeof CloudEventSchema>;

/** What every event tells of who, when and why; there may be more. */
export const MetadataSchema = Type.Unsafe<EventMetadata>(
  Type.Object({
    occurredAt: Type.String(),
    $correlationId: Type.String(),
    $causationId: Type.String(),
    actor: Type.Object({ id: Type.String(), kind: Type.String() }),
    schemaVersion: Type.Integer({ minimum: 1 }),
    previousHash: Type.Optional(Type.String()),
  }),
);

const cloudEvents = Compile(CloudEventSchema);
const metadatas = Compile(MetadataSchema);

/** What an event is in every CloudEvent of it. */
export function attributesOf(logId: string, event: RecordedEvent): Omit<CloudEvent, 'data' | 'metadata' | 'hash'> {
  return {
    specversion: '1.0',
    id: event.eventId,
    source: sourceOf(logId),
    type: event.type,
    subject: event.stream,
    time: event.recordedAt,
    datacontenttype: 'application/json',
    revision: event.revision,
    position: encodePosition(logId, event.position),
  };
}

export function sourceOf(logId: string): string {
  return SOURCE + logId;
}

export function toCloudEvent(logId: string, event: RecordedEvent): CloudEvent {
  return {
    ...attributesOf(logId, event),
    hash: hashOf(event),
    metadata: JSON.stringify(event.metadata),
    data: event.data,
  };
}

/**
 * Reads a line of an export.
 * @throws Error that says what is wrong with it: no JSON, an attribute that is missing or wrong, a hash that is not that of the event.
 */
export function parseCloudEvent(line: string): { logId: string; event: RecordedEvent; hash: string } {
  const given = json(line, 'it');
  if (!cloudEvents.Check(given)) throw new Error(`it is no event of an export: ${firstProblem(cloudEvents.Errors(given))}`);
  const metadata = json(given.metadata, 'its metadata');
  if (!metadatas.Check(metadata)) throw new Error(`its metadata: ${firstProblem(metadatas.Errors(metadata))}`);
  const logId = given.source.slice(SOURCE.length);
  const position = decodePosition(logId, given.position);
  if (position === undefined) throw new Error('its position is not one of its log');
  const { id: eventId, type, subject: stream, time: recordedAt, revision, data, hash } = given;
  const event = { eventId, type, data, metadata, stream, revision, position, recordedAt };
  if (hashOf(event) !== hash) throw new Error('it was changed: its hash is another one');
  return { logId, event, hash };
}

function json(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} is no JSON`, { cause: error });
  }
}

export function firstProblem([problem]: readonly { readonly instancePath: string; readonly message: string }[]): string {
  return problem ? `${problem.instancePath.slice(1)} ${problem.message}`.trim() : 'it has another shape';
}
