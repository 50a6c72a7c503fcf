import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.js';
import { Bell } from '../bell.js';
import { CorruptLogError, StoreUnavailableError } from '../errors.js';
import {
  BEFORE_FIRST,
  type AppendResult,
  type EventMetadata,
  type EventStore,
  type ExpectedRevision,
  type FollowOptions,
  type FollowPage,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamName,
} from '../event-store.js';
import { followByReading } from '../follow.js';
import { serialize } from '../serialize.js';
import { openToRead, openToWrite, type OpenedDatabase } from './database.js';
import { GroupWriter, timesWentBack } from './group-writer.js';

export interface EmbeddedStoreOptions {
  /** The log file, or `:memory:`. */
  readonly path: string;
  /** Milliseconds since 1970; Date.now by default. */
  readonly now?: () => number;
  /** Only reads, beside whoever writes. It is not told of new events: a follower comes to the end and waits. */
  readonly readOnly?: boolean;
}

interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly event_id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  readonly recorded_at: number;
}

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const COLUMNS = 'position, name AS stream, events.revision, event_id, events.type, data, metadata, recorded_at';
const FROM = 'FROM events JOIN streams ON streams.id = events.stream_id';

/** The log in one SQLite file: durable when an append resolves, nothing to start. */
export function openEmbeddedStore({ path, now = Date.now, readOnly = false }: EmbeddedStoreOptions): EventStore {
  const opened = readOnly ? openToRead(path) : openToWrite(path);
  return new EmbeddedStore(opened, readOnly ? undefined : now);
}

class EmbeddedStore implements EventStore {
  readonly dense = true;
  readonly logId: string;
  /** Not there where it only reads. */
  readonly #writer: GroupWriter | undefined;
  readonly #appended = new Bell();
  readonly #statements: Readonly<Record<'forwards' | 'backwards' | 'all' | 'first' | 'at' | 'head', ReturnType<DatabaseSync['prepare']>>>;
  #closed = false;

  constructor(
    private readonly opened: OpenedDatabase,
    now: (() => number) | undefined,
  ) {
    const { database } = opened;
    this.logId = opened.logId;
    const stream = `SELECT ${COLUMNS} ${FROM} WHERE events.stream_id = (SELECT id FROM streams WHERE name = ?)`;
    this.#statements = {
      forwards: database.prepare(`${stream} AND events.revision >= ? ORDER BY events.revision LIMIT ?`),
      backwards: database.prepare(`${stream} AND events.revision <= ? ORDER BY events.revision DESC LIMIT ?`),
      all: database.prepare(`SELECT ${COLUMNS} ${FROM} WHERE position > ? ORDER BY position LIMIT ?`),
      first: database.prepare(
        `SELECT ${COLUMNS} FROM json_each(?) AS wanted JOIN streams ON streams.name = wanted.value
         JOIN events ON events.stream_id = streams.id AND events.revision = 0`,
      ),
      at: database.prepare(`SELECT ${COLUMNS} ${FROM} WHERE position IN (SELECT value FROM json_each(?)) ORDER BY position`),
      head: database.prepare('SELECT max(position) AS position FROM events'),
    };
    this.#writer = now && new GroupWriter(database, now, () => this.#appended.ring());
  }

  /** So it is for what is appended here; a log that was imported keeps the times that it had. */
  get timesNeverGoBack(): boolean {
    return !timesWentBack(this.opened.database);
  }

  append(stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return this.#append(stream, expected, events);
  }

  importEvents(stream: StreamName, expected: ExpectedRevision, events: readonly RecordedEvent[]): Promise<AppendResult> {
    const times = events.map(({ recordedAt }) => Date.parse(recordedAt));
    return this.#append(stream, expected, events, times);
  }

  readStream(stream: StreamName, { from, direction = 'forwards', limit }: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    const start = from ?? (direction === 'forwards' ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#read(() => this.#statements[direction].all(stream, start, bounded(limit)));
  }

  readFirst(streams: readonly StreamName[]): Promise<readonly RecordedEvent[]> {
    return this.#read(() => this.#statements.first.all(JSON.stringify(streams)));
  }

  readAt(positions: readonly Position[]): Promise<readonly RecordedEvent[]> {
    return this.#read(() => this.#statements.at.all(JSON.stringify(positions)));
  }

  readAll({ after, limit }: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    return this.#read(() => this.#statements.all.all(after, bounded(limit)));
  }

  async head(): Promise<Position> {
    const [row] = await this.#rows(() => this.#statements.head.all());
    const position = (row as { position: unknown } | undefined)?.position;
    return typeof position === 'number' ? position : BEFORE_FIRST;
  }

  follow(options: FollowOptions): AsyncGenerator<FollowPage, void, void> {
    return followByReading({ readAll: (page) => this.readAll(page), appended: this.#appended }, options);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer?.idle();
    this.opened.close();
  }

  // Nothing is awaited before the writer has it: what was asked for before the store is closed is written.
  async #append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    times?: readonly number[],
  ): Promise<AppendResult> {
    const serialized = serialize(stream, events);
    if (this.#closed) throw new StoreUnavailableError('it is closed');
    if (!this.#writer) throw new StoreUnavailableError('it is open to read only');
    return await this.#writer.append(stream, expected, serialized, times);
  }

  async #read(query: () => unknown[]): Promise<readonly RecordedEvent[]> {
    const rows = (await this.#rows(query)) as EventRow[];
    return rows.map(toEvent);
  }

  /** @throws StoreUnavailableError, also for what SQLite says of the disk. */
  async #rows(query: () => unknown[]): Promise<unknown[]> {
    await this.#open();
    try {
      return query();
    } catch (error) {
      throw new StoreUnavailableError('it cannot be read', { cause: error });
    }
  }

  #open(): Promise<void> {
    return this.#closed ? Promise.reject(new StoreUnavailableError('it is closed')) : Promise.resolve();
  }
}

function bounded(limit = DEFAULT_LIMIT): number {
  return Math.min(Math.max(limit, 1), MAX_LIMIT);
}

function toEvent(row: EventRow): RecordedEvent {
  return {
    eventId: row.event_id,
    type: row.type,
    data: parse(row, 'data'),
    metadata: parse(row, 'metadata') as JsonObject & EventMetadata,
    stream: row.stream,
    revision: row.revision,
    position: row.position,
    recordedAt: new Date(row.recorded_at).toISOString(),
  };
}

/** @throws CorruptLogError where the file was changed by something else: what the store writes are JSON objects. */
function parse(row: EventRow, column: 'data' | 'metadata'): JsonObject {
  const value = parseJson(row[column]);
  if (isJsonObject(value)) return value;
  const { stream, revision, position, event_id: eventId } = row;
  throw new CorruptLogError(`${stream} revision ${revision}: its ${column} is no JSON object`, { stream, revision, position, eventId });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
