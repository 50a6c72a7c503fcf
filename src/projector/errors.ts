/** The rows cannot be read just now: they are being made anew from the log. What was asked may be tried again. */
export class ReadModelUnavailableError extends Error {
  override readonly name = 'ReadModelUnavailableError';
  readonly type = 'read-model-unavailable';

  constructor(options?: { cause?: unknown }) {
    super('the read models are being made anew from the log', options);
  }
}

/** The folder of the read models cannot be used; a person has to look at it. */
export class ReadModelFolderError extends Error {
  override readonly name = 'ReadModelFolderError';
  readonly type = 'read-model-folder';
}

/** SQLite's result codes for a database that is busy, read only, cannot be opened, on a disk that fails, and on one that is full. */
const TROUBLE: ReadonlySet<number> = new Set([5, 8, 10, 13, 14]);
/** For a damaged file, and for one that is no database. */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);

/** Whether the storage is what fails, so that the same may succeed later. */
export function isStorageTrouble(error: unknown): boolean {
  return TROUBLE.has(sqliteCode(error));
}

/** Whether what is stored cannot be trusted any more. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.has(sqliteCode(error));
}

/** Whether it says nothing about what was to be stored. */
export function isFaultOfStorage(error: unknown): boolean {
  return error instanceof ReadModelUnavailableError || isStorageTrouble(error) || isDamage(error);
}

/** @returns the primary result code, which extended ones have in their lowest byte; 0 where it is no error of SQLite. */
function sqliteCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}
