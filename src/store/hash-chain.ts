import { LRUCache } from 'lru-cache';
import { digestOf } from '../domain/canonical.js';
import { RevisionConflictError } from './errors.js';
import type { EventStore, ExpectedRevision, NewEvent, RecordedEvent, StreamName } from './event-store.js';

/**
 * The hash of an event as it is recorded: SHA-256 over the canonical JSON (RFC 8785) of its type, data and metadata, in hexadecimal. Each event
 * of a stream has the hash of the one before it in its metadata, so that none can be changed, taken out or put in without every later one showing it.
 */
export function hashOf({ type, data, metadata }: Pick<NewEvent, 'type' | 'data' | 'metadata'>): string {
  return digestOf({ type, data, metadata });
}

/** What the hash of an event is of, also of one that was decoded. */
export function asRecorded({ type, data, recordedData = data, metadata }: RecordedEvent): Pick<NewEvent, 'type' | 'data' | 'metadata'> {
  return { type, data: recordedData, metadata };
}

/**
 * Links events of one append to the event before them, and to each other.
 * @param previousHash of the event that they follow; undefined where they are the first of their stream.
 * @returns the linked events, and the hash of the last one.
 */
export function chain(events: readonly NewEvent[], previousHash: string | undefined): { linked: NewEvent[]; hash: string | undefined } {
  let hash = previousHash;
  const linked = events.map((event): NewEvent => {
    const link = hash === undefined ? event : { ...event, metadata: { ...event.metadata, previousHash: hash } };
    hash = hashOf(link);
    return link;
  });
  return { linked, hash };
}

const STREAMS_KEPT = 10_000;

/** The hashes of the last events of streams: those that were written lately are known, others are read. */
export class ChainEnds {
  readonly #ends = new LRUCache<StreamName, { readonly revision: number; readonly hash: string }>({ max: STREAMS_KEPT });

  /** @param store whose reads give events as they are recorded. */
  constructor(private readonly store: Pick<EventStore, 'readStream'>) {}

  /**
   * The hash that an event after `expected` must name.
   * @throws RevisionConflictError where the stream has not come so far.
   */
  async hashAt(stream: StreamName, expected: ExpectedRevision): Promise<string | undefined> {
    if (expected === 'no_stream') return undefined;
    const known = this.#ends.get(stream);
    if (known?.revision === expected) return known.hash;
    const [last] = await this.store.readStream(stream, { direction: 'backwards', from: expected, limit: 1 });
    if (last?.revision !== expected) throw new RevisionConflictError(stream, expected, last?.revision ?? 'no_stream');
    return hashOf(last);
  }

  /** Remembers the end of a stream after an append. */
  appended(stream: StreamName, revision: number, hash: string): void {
    this.#ends.set(stream, { revision, hash });
  }
}
