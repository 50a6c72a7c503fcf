import type { ExpectedRevision, StreamName } from './event-store.js';

/** The stream was not at the revision that the append expected. */
export class RevisionConflictError extends Error {
  override readonly name = 'RevisionConflictError';
  readonly type = 'revision-conflict';

  constructor(
    readonly stream: StreamName,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${stream} is at ${String(actual)}, not at ${String(expected)}`);
  }
}

/** The store cannot be reached or written just now; what was asked may be tried again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly type = 'store-unavailable';

  constructor(reason: string, options?: { cause?: unknown }) {
    super(`the event store is unavailable: ${reason}`, options);
  }
}

/** The events of one append are larger together than a store takes: nothing that trying again would help. */
export class AppendTooLargeError extends Error {
  override readonly name = 'AppendTooLargeError';
  readonly type = 'append-too-large';

  constructor(
    readonly stream: StreamName,
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`an append to ${stream} of ${bytes} bytes is larger than ${maxBytes}`);
  }
}

/** What the log holds cannot be right: an event that does not fit its schema, a content that does not fit its digest. */
export class CorruptLogError extends Error {
  override readonly name = 'CorruptLogError';
  readonly type = 'corrupt-log';

  /** @param at the event, where it is one that cannot be read. */
  constructor(
    message: string,
    readonly at?: { readonly stream: StreamName; readonly revision: number; readonly position: number; readonly eventId: string },
  ) {
    super(message);
  }
}
