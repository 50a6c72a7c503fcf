import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, createSecretKey, type KeyObject } from 'node:crypto';

/** Both base64. */
export interface Sealed {
  /** With the tag at its end. */
  readonly ciphertext: string;
  readonly nonce: string;
}

/** Of keys of any kind. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export function newKey(): KeyObject {
  return createSecretKey(randomBytes(KEY_BYTES));
}

/**
 * AES-256-GCM under a random nonce: one key is good for some 2^32 values.
 * @param about what the ciphertext belongs to: it opens with the same alone.
 */
export function seal(key: KeyObject, plaintext: Buffer, about: readonly string[]): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(JSON.stringify(about)));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { ciphertext: ciphertext.toString('base64'), nonce: nonce.toString('base64') };
}

/** @returns undefined where it is not what this key sealed about this. */
export function unseal(key: KeyObject, { ciphertext, nonce }: Sealed, about: readonly string[]): Buffer | undefined {
  const bytes = Buffer.from(ciphertext, 'base64');
  const start = Buffer.from(nonce, 'base64');
  if (bytes.length < TAG_BYTES || start.length !== NONCE_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, start, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(JSON.stringify(about)));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    // Node has one error for everything that is not authentic, and no more to say of it.
    return undefined;
  }
}

export function hmac(key: KeyObject, text: string, encoding: 'base64' | 'hex'): string {
  return createHmac('sha256', key).update(text, 'utf8').digest(encoding);
}

/** A key for one purpose, which tells nothing of the others (HKDF, RFC 5869). */
export function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES)));
}
