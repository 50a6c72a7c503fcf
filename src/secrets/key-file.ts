import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { masterKeyText, newMasterKey, parseMasterKey, type MasterKey, type MasterKeys } from './master-keys.js';

/** The key file cannot be used; the message says why, and what to do. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

export const KEY_FILE = 'secret.key';

const HEADER = '# Opens the secrets in the log of Regraft. Keep a copy, apart from the backups of the log; without it they are lost.';

/**
 * The master keys in the key file of a data folder, which is made where it is not there. Of several processes that come at once, one makes it,
 * and all have what it says; a crash leaves it whole or not there.
 * @throws KeyFileError where others may read it, it holds something else, or it cannot be read or made.
 */
export function openKeyFile(dataDir: string): MasterKeys {
  const path = join(dataDir, KEY_FILE);
  if (!existsSync(path)) explained(path, 'made', () => makeOnce(path, { current: newMasterKey() }));
  return readKeyFile(dataDir);
}

/** @throws as `openKeyFile`, also where it is not there. */
export function readKeyFile(dataDir: string): MasterKeys {
  const path = join(dataDir, KEY_FILE);
  return explained(path, 'read', () => {
    const file = openSync(path, 'r');
    try {
      requirePrivate(path, fstatSync(file).mode);
      return parse(path, readFileSync(file, 'utf8'));
    } finally {
      closeSync(file);
    }
  });
}

/** Puts other keys in the place of those of the file, at once. @throws KeyFileError where that cannot be done. */
export function replaceKeyFile(dataDir: string, keys: MasterKeys): void {
  const path = join(dataDir, KEY_FILE);
  explained(path, 'written', () => {
    renameSync(writeDraft(path, keys), path);
    syncFolder(path);
  });
}

/** What the system refuses is mended by a setting: its error is told with it. */
function explained<Result>(path: string, done: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
    const message = `${path} cannot be ${done} (${error.code}): let this user do so, or set REGRAFT_SECRET_KEY, which takes its place`;
    throw new KeyFileError(message, { cause: error });
  }
}

/** A link is made as a whole or not at all, and never over what is there. */
function makeOnce(path: string, keys: MasterKeys): void {
  const draft = writeDraft(path, keys);
  try {
    linkSync(draft, path);
    syncFolder(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(path: string, { current, previous }: MasterKeys): string {
  const draft = `${path}.${randomUUID()}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    // Whatever the process's umask is.
    fchmodSync(file, 0o600);
    writeSync(file, `${[HEADER, ...[current, previous].flatMap((key) => (key ? [masterKeyText(key)] : []))].join('\n')}\n`);
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
function requirePrivate(path: string, mode: number): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  throw new KeyFileError(
    `${path} may be read or written by others (mode ${shown}): whoever can read it can read every secret; chmod 600 it`,
  );
}

/** The current key, then, while keys are being rotated, the one before it; a line each. */
function parse(path: string, text: string): MasterKeys {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const [current, previous] = lines.map((line) => parseMasterKey(line.trim()) ?? refuse(path)) as [MasterKey?, MasterKey?];
  if (!current || lines.length > 2) return refuse(path);
  return { current, previous };
}

function refuse(path: string): never {
  throw new KeyFileError(
    `${path} holds no secret key (32 bytes, as base64 or 64 hexadecimal digits): put back a copy of it; where there are no secrets yet, remove it, and another one is made`,
  );
}
