import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { JSONEventData } from '@eventstore/db-client';
import { AppendTooLargeError, RevisionConflictError, StoreUnavailableError } from '../errors.js';
import { MAX_APPEND_BYTES, type AppendResult, type ExpectedRevision, type StreamName } from '../event-store.js';
import type { Connection } from './client.js';
import { isPassing, kindOf, toStoreError } from './errors.js';
import { readOneByOne } from './reads.js';
import { positionOf } from './recorded-event.js';

export interface AppendedEvent {
  readonly eventId?: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

/** Before the one attempt after a connection that broke: the client needs a moment to make another. */
const RETRY_AFTER_MS = 100;

/**
 * Appends with an exact expected revision. Where the connection breaks it is not known whether the events are written; the second attempt, with the
 * same ids, finds out: EventStoreDB answers it as the first one and writes nothing twice.
 * @throws RevisionConflictError, AppendTooLargeError, StoreUnavailableError.
 */
export async function appendEvents(
  connection: Connection,
  stream: StreamName,
  expected: ExpectedRevision,
  events: readonly AppendedEvent[],
): Promise<AppendResult> {
  const written = events.map(toEventData);
  try {
    return await write(connection, stream, expected, written);
  } catch (error) {
    if (!isPassing(error)) throw refusalOf(error, stream, expected);
  }
  await delay(RETRY_AFTER_MS);
  try {
    return await write(connection, stream, expected, written);
  } catch (error) {
    throw refusalOf(error, stream, expected);
  }
}

async function write(
  connection: Connection,
  stream: StreamName,
  expected: ExpectedRevision,
  events: readonly JSONEventData[],
): Promise<AppendResult> {
  const { client, credentials, timeoutMs, calls } = connection;
  const expectedRevision = expected === 'no_stream' ? expected : BigInt(expected);
  const leave = await calls.enter(timeoutMs);
  const appended = client
    .appendToStream(stream, [...events], { expectedRevision, credentials, requiresLeader: true, deadline: timeoutMs })
    .finally(leave);
  const commit = Number((await appended).position?.commit ?? -1n);
  const revision = (expected === 'no_stream' ? -1 : expected) + events.length;
  if (commit >= 0 && Number.isSafeInteger(commit)) return { revision, position: commit };
  const last = readOneByOne(connection, (reader, options) =>
    reader.readStream(stream, { ...options, fromRevision: BigInt(revision), maxCount: 1 }),
  );
  for await (const resolved of last) return { revision, position: positionOf(resolved) };
  throw new StoreUnavailableError(`EventStoreDB appended to ${stream}, and does not show it`);
}

function toEventData({ eventId = randomUUID(), type, data, metadata }: AppendedEvent): JSONEventData {
  return { id: eventId, contentType: 'application/json', type, data: { ...data }, metadata: { ...metadata } };
}

function refusalOf(error: unknown, stream: StreamName, expected: ExpectedRevision): Error {
  const kind = kindOf(error);
  if (kind === 'wrong-expected-version') {
    const actual = fieldOf(error, 'actualVersion');
    return new RevisionConflictError(stream, expected, typeof actual === 'bigint' ? Number(actual) : 'no_stream');
  }
  if (kind === 'maximum-append-size-exceeded') {
    // The server is set to less than Regraft counts on; how much it was it does not say.
    const max = Number(fieldOf(error, 'maxAppendSize') ?? MAX_APPEND_BYTES);
    return new AppendTooLargeError(stream, max + 1, max);
  }
  return toStoreError(error);
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Object.getOwnPropertyDescriptor(error, name)?.value : undefined;
}
