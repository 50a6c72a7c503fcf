import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailableError } from '../errors.js';

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

/**
 * Opens the log file, or makes it. Commits are durable when they return (WAL, synchronous=FULL); one process at a time has it.
 * @throws StoreUnavailableError where it cannot be opened, another process has it, or it is no log of a known format.
 */
export function openDatabase(path: string): { database: DatabaseSync; logId: string } {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 500 });
    // Exclusive for as long as it is open: the kernel lets go of it when the process ends, however it ends.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA wal_autocheckpoint = 20000');
    return { database, logId: prepare(database, path) };
  } catch (error) {
    database?.close();
    if (error instanceof StoreUnavailableError) throw error;
    throw new StoreUnavailableError(reasonOf(error, path), { cause: error });
  }
}

function prepare(database: DatabaseSync, path: string): string {
  database.exec('BEGIN EXCLUSIVE');
  const applicationId = pragma(database, 'application_id');
  const format = pragma(database, 'user_version');
  const empty = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']) === 0;
  if (empty) {
    database.exec(TABLES);
    database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run('log_id', newLogId());
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${FORMAT}`);
  } else if (applicationId !== APPLICATION_ID) {
    throw new StoreUnavailableError(`${path} is a SQLite file of something else: name another data folder`);
  } else if (format !== FORMAT) {
    throw new StoreUnavailableError(`${path} has format ${format}, this program reads format ${FORMAT}: run the version that wrote it`);
  }
  database.exec('COMMIT');
  return String(database.prepare('SELECT value FROM meta WHERE key = ?').get('log_id')?.['value']);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function newLogId(): string {
  return randomBytes(6).toString('hex');
}

function reasonOf(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('locked')) return `another process has ${path} open: stop it, or name another data folder`;
  if (message.includes('not a database')) return `${path} is not a log: name another data folder`;
  return `${path} cannot be opened (${message})`;
}
