import { createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey, hmac, KEY_BYTES, newKey } from './ciphers.js';

/** What wraps the data keys. It is never in the log; its id is, and tells nothing of it. */
export interface MasterKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The master keys of a node: new data keys are wrapped by the current one; what the other one wraps opens, too. */
export interface MasterKeys {
  readonly current: MasterKey;
  /** While keys are being rotated. */
  readonly previous?: MasterKey | undefined;
}

/**
 * A master key from its text: 32 bytes, as base64 (also in its URL-safe alphabet) or as 64 hexadecimal digits.
 * @returns undefined for anything else.
 */
export function parseMasterKey(text: string): MasterKey | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return toMasterKey(Buffer.from(text, 'hex'));
  return /^[\w+/-]{43}=?$/.test(text) ? toMasterKey(Buffer.from(text, 'base64')) : undefined;
}

export function newMasterKey(): MasterKey {
  return toMasterKey(newKey().export());
}

/** As `parseMasterKey` takes it. */
export function masterKeyText({ key }: MasterKey): string {
  return key.export().toString('base64');
}

export function masterKeyById({ current, previous }: MasterKeys, id: string): MasterKey | undefined {
  return [current, previous].find((key) => key?.id === id);
}

function toMasterKey(bytes: Buffer): MasterKey {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
  const key = createSecretKey(bytes);
  return { id: hmac(deriveKey(key, 'regraft master key id'), 'id', 'hex').slice(0, 16), key };
}
