import type { JsonObject } from '../domain/json.js';

/**
 * A place in the global order of one log: an integer that only grows from event to event (gaps are possible). `BEFORE_FIRST` is
 * before every event. Clients see it with the name of its log, see `position.ts`.
 */
export type Position = number;
export const BEFORE_FIRST: Position = -1;

export type StreamName = string;

/** What a stream must be at for an append to go through: the revision of its last event, or no event at all. */
export type ExpectedRevision = number | 'no_stream';

export interface Actor {
  readonly id: string;
  readonly kind: 'USER' | 'SERVICE' | 'ANONYMOUS';
}

/** Who, when and why of an event. */
export interface EventMetadata {
  /** ISO 8601, UTC: when the command was taken, by the clock of the node that took it. */
  readonly occurredAt: string;
  readonly $correlationId: string;
  readonly $causationId: string;
  /**
   * The client's id for the command, the command's own name (that of its mutation), and the digest of what it asked for: how the same command
   * is recognised when it comes again. All three or none.
   */
  readonly commandId?: string;
  readonly commandName?: string;
  readonly commandDigest?: string;
  readonly actor: Actor;
  readonly schemaVersion: number;
  /** `hashOf` (hash-chain.ts) of the event before it in its stream; not there on the first. */
  readonly previousHash?: string;
}

export interface NewEvent {
  /** A UUID. */
  readonly eventId: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: StreamName;
  /** Place within the stream, from 0. */
  readonly revision: number;
  readonly position: Position;
  /**
   * ISO 8601, UTC: the store's own time, or that of the store where it was before it was imported. Whether it may go back from one position to the
   * next, `timesNeverGoBack` tells: on EventStoreDB it is the clock of the node that leads.
   */
  readonly recordedAt: string;
  /**
   * Set by decoding where this program knows no such type, or only older versions of it: the data is then as recorded, and folds and
   * projections pass over it. See `codec.ts`.
   */
  readonly unread?: 'unknown-type' | 'newer-version';
  /** Set by decoding where it made other data of those that were recorded: what the hash of the event is of. */
  readonly recordedData?: JsonObject;
}

export interface AppendResult {
  /** Of the last event appended. */
  readonly revision: number;
  readonly position: Position;
}

export interface ReadStreamOptions {
  /** Revision to start at, itself included; by default the first (forwards) or the last (backwards). */
  readonly from?: number;
  readonly direction?: 'forwards' | 'backwards';
  /** At most this many events; 1,000 by default. */
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Events after this position. */
  readonly after: Position;
  /** At most this many events; 1,000 by default. */
  readonly limit?: number;
}

export interface FollowOptions {
  /** Events after this position. */
  readonly after: Position;
  /** Ends it, also while it waits. */
  readonly signal: AbortSignal;
  /** At most this many events at once; 500 by default. */
  readonly pageSize?: number;
}

export interface FollowPage {
  /** In order; empty where it is only word of how far the log was looked at. */
  readonly events: readonly RecordedEvent[];
  /** All events up to here have been given. */
  readonly position: Position;
  /** Whether this was, as far as the store knew then, the end of the log. */
  readonly caughtUp: boolean;
}

/**
 * What the events of one append may be together, counted as in `serialize.ts`: what EventStoreDB takes, and so what every store takes. Some room
 * is counted with each event, so that it can be imported anywhere.
 */
export const MAX_APPEND_BYTES = 1024 * 1024;

/**
 * The log. Every adapter passes the contract suite in `test/store`.
 *
 * Appends are all or nothing, durable on return, and checked against the expected revision at the moment of writing. Positions grow in the
 * order of commit: once an event can be read, no event with a smaller position appears any more.
 */
export interface EventStore {
  /** Names the log, so that a position of another is recognised: letters and digits, the same for the life of the log. */
  readonly logId: string;
  /** Whether positions are 0, 1, 2 and so on: one that is missing is then a loss. */
  readonly dense: boolean;
  /** Whether `recordedAt` never goes back from one position to the next: one that does was then changed. */
  readonly timesNeverGoBack: boolean;
  /**
   * The same events (by their ids) at the same expected revision again are not written twice: the answer is that of the first time, so that an
   * append whose answer was lost can be tried again.
   * @param events at least one.
   * @throws RevisionConflictError where the stream is not at the expected revision; nothing is written then.
   * @throws AppendTooLargeError where the events are larger than MAX_APPEND_BYTES together; nothing is written then.
   * @throws StoreUnavailableError where the store cannot be reached or written (a full disk, a closed store); nothing is acknowledged then.
   */
  append(stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;
  /**
   * Appends events of another log with their ids and their times of recording, under new positions; all or nothing, durable and checked like
   * `append`. Of calls that are made together, each is carried out after the one before it, and none after one that failed, so that the order of the
   * log is kept.
   * @param events at least one, of one stream, with the revisions that follow `expected`.
   */
  importEvents(stream: StreamName, expected: ExpectedRevision, events: readonly RecordedEvent[]): Promise<AppendResult>;
  /** A page of a stream; empty where the stream or the range is. */
  readStream(stream: StreamName, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  /** First events of many streams at once, absent streams left out: how content is read by digest. */
  readFirst(streams: readonly StreamName[]): Promise<readonly RecordedEvent[]>;
  /** The events at some positions, in their order; positions where there is none are left out. */
  readAt(positions: readonly Position[]): Promise<readonly RecordedEvent[]>;
  /** A page of the log in its order. */
  readAll(options: ReadAllOptions): Promise<readonly RecordedEvent[]>;
  /** The position of the last event; `BEFORE_FIRST` of an empty log. */
  head(): Promise<Position>;
  /**
   * Reads the log from a position on, and goes on as it grows: history first, then live, without a gap and without a repetition, until the
   * signal. The next page is prepared when it is asked for, so a slow reader never makes it hold more than about one. While the store is
   * unavailable it tries again, with growing pauses, from where it was.
   */
  follow(options: FollowOptions): AsyncGenerator<FollowPage, void, void>;
  /** Ends pending appends, then lets go of the store. Afterwards every call fails with StoreUnavailableError. */
  close(): Promise<void>;
}

/** What reads one stream at a time. */
export type StreamReader = Pick<EventStore, 'readStream' | 'readFirst'>;
