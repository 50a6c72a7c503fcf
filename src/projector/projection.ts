import type { SQLInputValue } from 'node:sqlite';
import type { RecordedEvent } from '../store/event-store.js';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The read-model database as projections and queries see it. Statements are prepared once for each text. */
export interface ReadModel {
  /** Another one after each transaction: rows read at the same one are of the same state. */
  readonly state: number;
  run(sql: string, ...parameters: readonly SQLInputValue[]): void;
  get<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T | undefined;
  all<T extends object = Row>(sql: string, ...parameters: readonly SQLInputValue[]): T[];
}

/**
 * One read model: its tables, and how each event changes them. It reads no clock, and no rows but its own: it may stop, and be tried again,
 * without the others. Its rows and its checkpoint are written in one transaction, so each event is applied exactly once.
 */
export interface Projection {
  readonly name: string;
  /** Whether mutations show its rows in their answers, and so wait for it. */
  readonly readBack: boolean;
  /** SQL text that creates its tables and indexes. */
  readonly tables: string;
  /** Raise it when `apply` changes meaning: the read models are then rebuilt from the log at the next start. */
  readonly version: number;
  apply(event: RecordedEvent, db: ReadModel): void;
}
