import { DatabaseSync } from 'node:sqlite';

/**
 * Makes this process the one writer of a log file, until it is released or the process ends, however it ends: an exclusive transaction on an
 * empty SQLite file beside it, whose lock the kernel lets go of. The log itself stays open to readers.
 * @throws SQLite's "database is locked" where another process has it.
 */
export function lockForWriting(path: string): { release(): void } {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 500 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw error;
  }
  return { release: () => lock.close() };
}
