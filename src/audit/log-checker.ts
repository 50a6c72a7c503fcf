import { digestOf } from '../domain/canonical.js';
import { contentDigestOf } from '../domain/definition/events.js';
import { Refusal } from '../domain/errors.js';
import { isJsonObject } from '../domain/json.js';
import type { EventStore, RecordedEvent, StreamName } from '../store/event-store.js';
import { hashOf } from '../store/hash-chain.js';

/** An event of the log that cannot be as it was written. */
export interface BrokenLink {
  readonly stream: StreamName;
  readonly revision: number;
  readonly position: number;
  readonly eventId: string;
  readonly problem: string;
}

interface StreamEnd {
  readonly revision: number;
  readonly hash: string;
}

/**
 * Checks events one after the other, in the order of their log from its beginning, against what every log keeps to. It remembers the end of
 * each stream (some 250 bytes), but nothing of content streams, which name what they hold.
 */
export class LogChecker {
  readonly #ends = new Map<StreamName, StreamEnd>();
  #before: Pick<RecordedEvent, 'position' | 'recordedAt'> = { position: -1, recordedAt: '' };
  #contents = 0;
  #events = 0;

  /** @param promises what the log keeps to beyond what every log does, see `EventStore`. */
  constructor(private readonly promises: Pick<EventStore, 'dense' | 'timesNeverGoBack'>) {}

  /** Events that were found right. */
  get events(): number {
    return this.#events;
  }

  get streams(): number {
    return this.#ends.size + this.#contents;
  }

  /** The hash of the last event of a stream, as far as the log was looked at; undefined for content streams. */
  hashAt(stream: StreamName): string | undefined {
    return this.#ends.get(stream)?.hash;
  }

  /** @returns what is wrong with the event, and undefined where nothing is. */
  check(event: RecordedEvent): BrokenLink | undefined {
    const problem = this.#placeProblem(event) ?? this.#streamProblemOf(event);
    if (problem !== undefined) {
      const { stream, revision, position, eventId } = event;
      return { stream, revision, position, eventId, problem };
    }
    this.#before = { position: event.position, recordedAt: event.recordedAt };
    this.#events += 1;
    return undefined;
  }

  #placeProblem({ position, recordedAt }: RecordedEvent): string | undefined {
    const before = this.#before;
    if (position <= before.position) return `its position is not after ${before.position}, that of the event before it`;
    if (this.promises.dense && position !== before.position + 1) {
      return `there are no events at positions ${before.position + 1} to ${position - 1}: they were removed`;
    }
    if (this.promises.timesNeverGoBack && recordedAt < before.recordedAt) {
      return `it was recorded at ${recordedAt}, before the event before it (${before.recordedAt})`;
    }
    return undefined;
  }

  #streamProblemOf(event: RecordedEvent): string | undefined {
    try {
      return this.#streamProblem(event);
    } catch (error) {
      // Values that have no canonical form are never written.
      if (!(error instanceof Refusal)) throw error;
      return error.message;
    }
  }

  #streamProblem(event: RecordedEvent): string | undefined {
    const digest = contentDigestOf(event.stream);
    if (digest !== undefined) {
      this.#contents += 1;
      return contentProblem(event, digest);
    }
    const end = this.#ends.get(event.stream);
    const expected = end ? end.revision + 1 : 0;
    if (event.revision !== expected) return `revision ${expected} of the stream is expected here`;
    const { previousHash } = event.metadata;
    if (previousHash !== end?.hash) {
      if (!end) return 'it names an event before it, and is the first of its stream';
      if (previousHash === undefined) return 'it does not name the hash of the event before it';
      return `the event before it in its stream (revision ${end.revision}), or this one, was changed: the hash that it names is not that one's`;
    }
    this.#ends.set(event.stream, { revision: event.revision, hash: hashOf(event) });
    return undefined;
  }
}

function contentProblem({ revision, data, metadata }: RecordedEvent, digest: string): string | undefined {
  if (revision !== 0 || metadata.previousHash !== undefined) return 'the stream of a content holds one event';
  const body = data['body'];
  if (data['digest'] !== digest || !isJsonObject(body) || digestOf(body) !== digest) {
    return 'the content is not the one that the stream is named after: it has another digest';
  }
  return undefined;
}
