import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { masterKeyText, newMasterKey, parseMasterKey, type MasterKey, type MasterKeys } from './master-keys.js';
import { KeyFileError, makePrivateFile, readPrivateFile, replacePrivateFile, type PrivateFile } from './private-file.js';

export const KEY_FILE = 'secret.key';

const HEADER = '# Opens the secrets in the log of Regraft. Keep a copy, apart from the backups of the log; without it they are lost.';

function keyFile(dataDir: string): PrivateFile {
  return { path: join(dataDir, KEY_FILE), variable: 'REGRAFT_SECRET_KEY', danger: 'read every secret' };
}

/**
 * The master keys in the key file of a data folder, which is made where it is not there. Of several processes that come at once, one makes it,
 * and all have what it says; a crash leaves it whole or not there.
 * @throws KeyFileError where others may read it, it holds something else, or it cannot be read or made.
 */
export function openKeyFile(dataDir: string): MasterKeys {
  const file = keyFile(dataDir);
  if (!existsSync(file.path)) makePrivateFile(file, contentOf({ current: newMasterKey() }));
  return readKeyFile(dataDir);
}

/** @throws as `openKeyFile`, also where it is not there. */
export function readKeyFile(dataDir: string): MasterKeys {
  const file = keyFile(dataDir);
  return parse(file.path, readPrivateFile(file));
}

/** Puts other keys in the place of those of the file, at once. @throws KeyFileError where that cannot be done. */
export function replaceKeyFile(dataDir: string, keys: MasterKeys): void {
  replacePrivateFile(keyFile(dataDir), contentOf(keys));
}

function contentOf({ current, previous }: MasterKeys): string {
  return `${[HEADER, ...[current, previous].flatMap((key) => (key ? [masterKeyText(key)] : []))].join('\n')}\n`;
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
