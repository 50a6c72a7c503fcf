import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Logger } from '../logger.js';
import { BEFORE_FIRST, type Position } from '../store/event-store.js';
import type { Projection, ReadModel, Row } from './projection.js';

export interface ReadModelOptions {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly projections: readonly Projection[];
  /** The log that it is made from: read models of another log are thrown away. */
  readonly logId: string;
  readonly logger: Logger;
}

/** The read-model database: everything in it follows from the log and can be thrown away. */
export class SqliteReadModel implements ReadModel {
  readonly #statements = new Map<string, StatementSync>();
  /** Statements run so far: what tests count to prove that a page costs the same for any number of rows. */
  statementCount = 0;

  private constructor(private readonly database: DatabaseSync) {}

  /** Opens the file; where it was made by other projections, or from another log, it is made anew, empty. */
  static open({ path, projections, logId, logger }: ReadModelOptions): SqliteReadModel {
    const fingerprint = fingerprintOf(projections, logId);
    const model = new SqliteReadModel(connect(path));
    const known = model.#fingerprint();
    if (known === fingerprint) return model;
    if (known === undefined) return model.#create(projections, fingerprint);
    logger.info({ path }, 'the read models are of another version or log: rebuilding them');
    model.close();
    deleteReadModel(path);
    return new SqliteReadModel(connect(path)).#create(projections, fingerprint);
  }

  run(sql: string, ...parameters: readonly SQLInputValue[]): void {
    this.#prepare(sql).run(...parameters);
  }

  get<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T | undefined {
    return this.#prepare(sql).get(...parameters) as T | undefined;
  }

  all<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T[] {
    return this.#prepare(sql).all(...parameters) as T[];
  }

  /** Runs a function in a transaction: all of what it writes is kept, or none. */
  transaction<T>(work: () => T): T {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  /** How far a projection has come. */
  checkpoint(name: string): Position {
    return this.get<{ position: number }>('SELECT position FROM checkpoints WHERE name = ?', name)?.position ?? BEFORE_FIRST;
  }

  setCheckpoint(name: string, position: Position): void {
    const sql = 'INSERT INTO checkpoints (name, position) VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position';
    this.run(sql, name, position);
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }

  #prepare(sql: string): StatementSync {
    this.statementCount += 1;
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #fingerprint(): string | undefined {
    const [table] = this.database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'read_model'`).all();
    return table && String(this.database.prepare('SELECT fingerprint FROM read_model').get()?.['fingerprint']);
  }

  #create(projections: readonly Projection[], fingerprint: string): this {
    return this.transaction(() => {
      this.database.exec('CREATE TABLE read_model (fingerprint TEXT NOT NULL)');
      this.database.exec('CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID');
      for (const { tables } of projections) this.database.exec(tables);
      this.database.prepare('INSERT INTO read_model (fingerprint) VALUES (?)').run(fingerprint);
      return this;
    });
  }
}

/** Deletes the read models: they are made anew from the log at the next start. */
export function deleteReadModel(path: string): void {
  if (path === ':memory:') return;
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 2000 });
  database.exec('PRAGMA journal_mode = WAL');
  // Losing the last commits in a power cut is harmless here: the log has them.
  database.exec('PRAGMA synchronous = NORMAL');
  return database;
}

function fingerprintOf(projections: readonly Projection[], logId: string): string {
  const parts = projections.map(({ name, version, tables }) => [name, version, tables]);
  return createHash('sha256')
    .update(JSON.stringify([logId, parts]))
    .digest('hex');
}
