import { createHash } from 'node:crypto';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { eventSchemas } from '../domain/event-catalogue.js';
import type { Position } from '../store/event-store.js';
import { isDamage, isStorageTrouble, ReadModelFolderError, ReadModelUnavailableError } from './errors.js';
import type { Projection, ReadModel, Row } from './projection.js';
import { Statement } from './statement.js';

/** The last event that is in the rows of a projection. */
export interface Checkpoint {
  readonly position: Position;
  readonly eventId: string;
}

export interface ReadModelOptions {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly projections: readonly Projection[];
  /** The log that it is made from. */
  readonly logId: string;
}

const OWN_TABLES = `
  CREATE TABLE read_model (fingerprint TEXT NOT NULL, active INTEGER NOT NULL);
  CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL, event_id TEXT NOT NULL) WITHOUT ROWID`;

/**
 * The read-model database: everything in it follows from the log and can be thrown away. One process at a time has the file. Once it is found
 * damaged, nothing is read from it any more.
 */
export class SqliteReadModel implements ReadModel {
  readonly #statements = new Map<string, Statement>();
  #onDamaged: (error: unknown) => void = () => undefined;
  #damage: unknown;
  #active: boolean;
  #state = 0;

  private constructor(
    private readonly database: DatabaseSync,
    active: boolean,
  ) {
    this.#active = active;
  }

  /**
   * Opens the file, or makes it.
   * @returns what is wrong with it where it is damaged, or was made by other projections or from another log.
   * @throws ReadModelFolderError where it cannot be opened, or another process has it.
   */
  static open({ path, projections, logId }: ReadModelOptions): SqliteReadModel | 'damaged' | 'outdated' {
    let database: DatabaseSync | undefined;
    try {
      database = connect(path);
      const fingerprint = fingerprintOf(projections, logId);
      const [table] = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'read_model'`).all();
      if (!table) return new SqliteReadModel(database, false).#create(projections, fingerprint);
      const known = database.prepare('SELECT fingerprint, active FROM read_model').get();
      if (known?.['fingerprint'] === fingerprint) return new SqliteReadModel(database, known['active'] === 1);
      database.close();
      return 'outdated';
    } catch (error) {
      database?.close();
      if (isDamage(error)) return 'damaged';
      if (isStorageTrouble(error)) throw folderError(error, path);
      // A file with such tables and other columns is of an older program.
      return 'outdated';
    }
  }

  /** Whether it has been caught up once, and is what requests are answered from. */
  get active(): boolean {
    return this.#active;
  }

  get damaged(): boolean {
    return this.#damage !== undefined;
  }

  get state(): number {
    return this.#state;
  }

  activate(): void {
    this.run('UPDATE read_model SET active = 1');
    this.#active = true;
  }

  /** Nothing is read from it any more, as where it is damaged. */
  distrust(reason: Error): void {
    if (this.damaged) return;
    this.#damage = reason;
    this.#onDamaged(reason);
  }

  /** Calls back once, when SQLite finds that the file is damaged, or it is distrusted. */
  onDamaged(listener: (error: unknown) => void): void {
    this.#onDamaged = listener;
  }

  run(sql: string, ...parameters: readonly SQLInputValue[]): void {
    this.#guarded(() => this.#prepare(sql).run(parameters));
  }

  get<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T | undefined {
    return this.#guarded(() => this.#prepare(sql).get(parameters)) as T | undefined;
  }

  all<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T[] {
    return this.#guarded(() => this.#prepare(sql).all(parameters)) as T[];
  }

  /** Runs a function in a transaction: all of what it writes is kept, or none. */
  transaction<T>(work: () => T): T {
    this.#state += 1;
    return this.#guarded(() => this.#allOrNothing(work, ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']));
  }

  /** Within a transaction, a smaller one: what fails in it leaves the rest as it was. */
  savepoint<T>(work: () => T): T {
    return this.#allOrNothing(work, ['SAVEPOINT part', 'RELEASE part', 'ROLLBACK TO part; RELEASE part']);
  }

  /** How far a projection has come; undefined where there was no event yet. */
  checkpoint(name: string): Checkpoint | undefined {
    return this.get<Checkpoint>('SELECT position, event_id AS eventId FROM checkpoints WHERE name = ?', name);
  }

  setCheckpoint(name: string, { position, eventId }: Checkpoint): void {
    this.run('INSERT OR REPLACE INTO checkpoints (name, position, event_id) VALUES (?, ?, ?)', name, position, eventId);
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = new Statement(this.database.prepare(sql));
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(work: () => T): T {
    if (this.#damage !== undefined) throw new ReadModelUnavailableError({ cause: this.#damage });
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#damage = error;
      this.#onDamaged(error);
      throw new ReadModelUnavailableError({ cause: error });
    }
  }

  #allOrNothing<T>(work: () => T, [begin, end, undo]: readonly [string, string, string]): T {
    this.database.exec(begin);
    try {
      const result = work();
      this.database.exec(end);
      return result;
    } catch (error) {
      // A full disk or a failing one has undone all of it already.
      if (this.database.isTransaction) this.database.exec(undo);
      throw error;
    }
  }

  #create(projections: readonly Projection[], fingerprint: string): this {
    return this.transaction(() => {
      this.database.exec(OWN_TABLES);
      for (const { tables } of projections) this.database.exec(tables);
      this.database.prepare('INSERT INTO read_model (fingerprint, active) VALUES (?, 0)').run(fingerprint);
      return this;
    });
  }
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 500 });
  // Exclusive for as long as it is open: the kernel lets go of it when the process ends, however it ends.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('PRAGMA journal_mode = WAL');
  // Losing the last commits in a power cut is harmless here: the log has them.
  database.exec('PRAGMA synchronous = NORMAL');
  // Rows are spread by random ids: with SQLite's 2 MB, a catch-up writes the same pages again and again.
  database.exec('PRAGMA cache_size = -65536');
  database.exec('PRAGMA wal_autocheckpoint = 10000');
  return database;
}

function folderError(error: unknown, path: string): ReadModelFolderError {
  const reason = error instanceof Error ? error.message : String(error);
  const what = reason.includes('locked')
    ? `another process has ${path} open: stop it, or name another data folder`
    : `the read models at ${path} cannot be opened (${reason}): make the folder writable, or name another data folder`;
  return new ReadModelFolderError(what, { cause: error });
}

function fingerprintOf(projections: readonly Projection[], logId: string): string {
  const parts = projections.map(({ name, version, tables }) => [name, version, tables]);
  // A program that can read more events makes other rows of the same log.
  const readable = Object.entries(eventSchemas).map(([type, { versions }]) => [type, versions.length]);
  return createHash('sha256')
    .update(JSON.stringify([logId, OWN_TABLES, parts, readable]))
    .digest('hex');
}
