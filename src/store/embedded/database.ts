import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailableError } from '../errors.js';
import { lockForWriting } from './writer-lock.js';

/** Marks a SQLite file as a Regraft log ("RGFT"), and tells its format. */
const APPLICATION_ID = 0x52474654;
const FORMAT = 1;

const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL);
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX events_by_stream ON events (stream_id, revision);
`;

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  readonly logId: string;
  close(): void;
}

/**
 * Opens the log file to write, or makes it. Commits are durable when they return (WAL, synchronous=FULL). One process at a time has it so;
 * others may read beside it.
 * @throws StoreUnavailableError where it cannot be written, another process writes it, or it is no log of a known format.
 */
export function openToWrite(path: string): OpenedDatabase {
  return explained(path, (opened) => {
    const lock = path === ':memory:' ? undefined : lockForWriting(path);
    if (lock) opened.push(() => lock.release());
    const database = new DatabaseSync(path, { timeout: 500 });
    opened.push(() => database.close());
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA wal_autocheckpoint = 20000');
    createIfEmpty(database);
    return { database, logId: logIdOf(database, path) };
  });
}

/**
 * Opens a log file that is there to read it, also while a server writes it: each read sees the log as of a commit.
 * @throws StoreUnavailableError where it is not there, cannot be read, or is no log of a known format.
 */
export function openToRead(path: string): OpenedDatabase {
  if (!existsSync(path)) throw new StoreUnavailableError(`there is no log at ${path}: name its data folder`);
  return explained(path, (opened) => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    opened.push(() => database.close());
    return { database, logId: logIdOf(database, path) };
  });
}

/** Runs an opening; what it opened is closed again where it fails, in reverse order. */
function explained(path: string, open: (opened: (() => void)[]) => Omit<OpenedDatabase, 'close'>): OpenedDatabase {
  const opened: (() => void)[] = [];
  const close = (): void => {
    for (const each of opened.reverse()) each();
  };
  try {
    return { ...open(opened), close };
  } catch (error) {
    close();
    if (error instanceof StoreUnavailableError) throw error;
    throw new StoreUnavailableError(reasonOf(error, path), { cause: error });
  }
}

function createIfEmpty(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  if (isEmpty(database)) {
    database.exec(TABLES);
    database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run('log_id', newLogId());
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${FORMAT}`);
  }
  database.exec('COMMIT');
}

function logIdOf(database: DatabaseSync, path: string): string {
  if (pragma(database, 'application_id') !== APPLICATION_ID) {
    throw new StoreUnavailableError(`${path} is a SQLite file of something else: name another data folder`);
  }
  const format = pragma(database, 'user_version');
  if (format !== FORMAT) {
    throw new StoreUnavailableError(`${path} has format ${format}, this program reads format ${FORMAT}: run the version that wrote it`);
  }
  return String(database.prepare('SELECT value FROM meta WHERE key = ?').get('log_id')?.['value']);
}

function isEmpty(database: DatabaseSync): boolean {
  return Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']) === 0;
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function newLogId(): string {
  return randomBytes(6).toString('hex');
}

/** SQLite's primary result codes. */
const BUSY = 5;
const READ_ONLY = 8;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  if (code === BUSY) return `another process has ${path} open: stop it, or name another data folder`;
  if (code === READ_ONLY) return `${path} and its folder cannot be written: give this user the right to, or name another data folder`;
  if (code === CANNOT_OPEN) return `${path} cannot be opened: its folder is not there, or this user may not write in it`;
  if (code === NOT_A_DATABASE) return `${path} is not a log: name another data folder`;
  return `${path} cannot be opened (${error instanceof Error ? error.message : String(error)})`;
}
