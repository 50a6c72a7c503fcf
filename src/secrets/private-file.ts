import { randomUUID } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** The key file cannot be used; the message says why, and what to do. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** A file that its user alone may read. */
export interface PrivateFile {
  readonly path: string;
  /** The environment variable that takes its place. */
  readonly variable: string;
  /** What whoever can read it can do, as a clause. */
  readonly danger: string;
}

/** @throws KeyFileError where others may read it, or it cannot be read. */
export function readPrivateFile(file: PrivateFile): string {
  return explained(file, 'read', () => {
    const descriptor = openSync(file.path, 'r');
    try {
      requirePrivate(file, fstatSync(descriptor).mode);
      return readFileSync(descriptor, 'utf8');
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Makes the file, unless another process came first. A link is made as a whole or not at all, and never over what is there.
 * @throws KeyFileError.
 */
export function makePrivateFile(file: PrivateFile, content: string): void {
  explained(file, 'made', () => {
    const draft = writeDraft(file.path, content);
    try {
      linkSync(draft, file.path);
      syncFolder(file.path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

/** Puts another content in the place of that of the file, at once. @throws KeyFileError where that cannot be done. */
export function replacePrivateFile(file: PrivateFile, content: string): void {
  explained(file, 'written', () => {
    renameSync(writeDraft(file.path, content), file.path);
    syncFolder(file.path);
  });
}

/** What the system refuses is mended by a setting: its error is told with it. */
function explained<Result>({ path, variable }: PrivateFile, done: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    const message = `${path} cannot be ${done} (${error.code}): let this user do so, or set ${variable}, which takes its place`;
    throw new KeyFileError(message, { cause: error });
  }
}

function writeDraft(path: string, content: string): string {
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    // Whatever the process's umask is.
    fchmodSync(file, 0o600);
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return draft;
}

/** So that the name of a file is as durable as what is in it; Windows has no such call. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What Windows tells as a mode says nothing of who may read. */
function requirePrivate({ path, danger }: PrivateFile, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new KeyFileError(`${path} may be read or written by others (mode ${shown}): whoever can read it can ${danger}; chmod 600 it`);
}
