import type { DatabaseSync } from 'node:sqlite';
import { RevisionConflictError, StoreUnavailableError } from '../errors.js';
import { BEFORE_FIRST, type AppendResult, type ExpectedRevision, type Position, type StreamName } from '../event-store.js';
import type { SerializedEvent } from '../serialize.js';

interface Pending {
  readonly stream: StreamName;
  readonly expected: ExpectedRevision;
  readonly events: readonly SerializedEvent[];
  /** When they were recorded elsewhere, in milliseconds since 1970; now, where it is not given. */
  readonly times: readonly number[] | undefined;
  resolve(result: AppendResult): void;
  reject(error: Error): void;
}

/** Appends of one commit; more wait for the next. */
const MAX_GROUP = 256;

/** In `meta`, written with the first event that was recorded, elsewhere, before the event before it. */
const TIMES_WENT_BACK = 'times_went_back';

/** Whether a log was imported whose times go back. */
export function timesWentBack(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM meta WHERE key = ?').get(TIMES_WENT_BACK) !== undefined;
}

/**
 * Group commit: appends that arrive together share one transaction, and so one wait for the disk. Each is checked by itself: one whose revision
 * does not fit is refused alone. Nothing is acknowledged before the commit.
 */
export class GroupWriter {
  readonly #queue: Pending[] = [];
  readonly #statements: Readonly<
    Record<'find' | 'written' | 'create' | 'advance' | 'insert' | 'mark', ReturnType<DatabaseSync['prepare']>>
  >;
  #scheduled: Promise<void> | undefined;
  #position: Position;
  /** The latest time of all, which later appends do not go behind. */
  #recordedAt: number;
  /** Of the last event. */
  #lastRecordedAt: number;

  constructor(
    private readonly database: DatabaseSync,
    private readonly now: () => number,
    private readonly committed: () => void,
  ) {
    const last = database.prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1').get();
    this.#position = Number(last?.['position'] ?? BEFORE_FIRST);
    this.#lastRecordedAt = Number(last?.['recorded_at'] ?? 0);
    this.#recordedAt = timesWentBack(database)
      ? Number(database.prepare('SELECT max(recorded_at) AS latest FROM events').get()?.['latest'])
      : this.#lastRecordedAt;
    this.#statements = {
      find: database.prepare('SELECT id, revision FROM streams WHERE name = ?'),
      written: database.prepare('SELECT event_id, position FROM events WHERE stream_id = ? AND revision > ? ORDER BY revision LIMIT ?'),
      create: database.prepare('INSERT INTO streams (name, revision) VALUES (?, ?) RETURNING id'),
      advance: database.prepare('UPDATE streams SET revision = ? WHERE id = ?'),
      mark: database.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES (?, 'yes')"),
      insert: database.prepare(
        'INSERT INTO events (position, stream_id, revision, event_id, type, data, metadata, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
    };
  }

  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly SerializedEvent[],
    times?: readonly number[],
  ): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ stream, expected, events, times, resolve, reject });
      this.#scheduled ??= this.#drain();
    });
  }

  /** Resolves when all that was appended so far is committed or refused. */
  async idle(): Promise<void> {
    await this.#scheduled;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // Lets those who append in this turn of the loop join the group.
      await new Promise((resolve) => setImmediate(resolve));
      this.#commit(this.#queue.splice(0, MAX_GROUP));
    }
    this.#scheduled = undefined;
  }

  #commit(group: readonly Pending[]): void {
    const before = { position: this.#position, recordedAt: this.#recordedAt, lastRecordedAt: this.#lastRecordedAt };
    const accepted: { pending: Pending; result: AppendResult }[] = [];
    const refused: { pending: Pending; error: Error }[] = [];
    try {
      this.database.exec('BEGIN IMMEDIATE');
      this.#recordedAt = Math.max(this.now(), this.#recordedAt);
      let importFailed: Error | undefined;
      for (const pending of group) {
        const result = (pending.times && importFailed) ?? this.#write(pending);
        if (result instanceof Error) refused.push({ pending, error: result });
        else accepted.push({ pending, result });
        if (pending.times && result instanceof Error) importFailed = result;
      }
      this.database.exec('COMMIT');
    } catch (error) {
      this.#position = before.position;
      this.#recordedAt = before.recordedAt;
      this.#lastRecordedAt = before.lastRecordedAt;
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      const failure = new StoreUnavailableError(`it cannot be written (${error instanceof Error ? error.message : String(error)})`, {
        cause: error,
      });
      for (const pending of group) pending.reject(failure);
      return;
    }
    for (const { pending, error } of refused) pending.reject(error);
    for (const { pending, result } of accepted) pending.resolve(result);
    if (accepted.length > 0) this.committed();
  }

  #write({ stream, expected, events, times }: Pending): AppendResult | RevisionConflictError {
    const found = this.#statements.find.get(stream);
    const actual = found ? Number(found['revision']) : 'no_stream';
    let revision = expected === 'no_stream' ? -1 : expected;
    if (actual !== expected) {
      return (found && this.#alreadyWritten(Number(found['id']), revision, events)) ?? new RevisionConflictError(stream, expected, actual);
    }
    const id = found ? Number(found['id']) : Number(this.#statements.create.get(stream, events.length - 1)?.['id']);
    for (const [n, { eventId, type, data, metadata }] of events.entries()) {
      const recordedAt = times?.[n] ?? this.#recordedAt;
      if (recordedAt < this.#lastRecordedAt) this.#statements.mark.run(TIMES_WENT_BACK);
      this.#lastRecordedAt = recordedAt;
      this.#recordedAt = Math.max(recordedAt, this.#recordedAt);
      revision += 1;
      this.#position += 1;
      this.#statements.insert.run(this.#position, id, revision, eventId, type, data, metadata, recordedAt);
    }
    if (found) this.#statements.advance.run(revision, id);
    return { revision, position: this.#position };
  }

  /** The answer to an append that was made before: the events after the expected revision are these, by their ids. */
  #alreadyWritten(streamId: number, expected: number, events: readonly SerializedEvent[]): AppendResult | undefined {
    const written = this.#statements.written.all(streamId, expected, events.length);
    if (written.length < events.length || !written.every((row, index) => row['event_id'] === events[index]?.eventId)) return undefined;
    return { revision: expected + events.length, position: Number(written.at(-1)?.['position']) };
  }
}
