import { createHash, randomBytes } from 'node:crypto';
import type { Digest } from '../domain/ids.js';

/** Lets people and scanners of secrets know one where it does not belong. */
const PREFIX = 'rgt_';
const FORM = /^rgt_[\w-]{43}$/;

/** `rgt_`, and 32 random bytes as base64url. */
export function newTokenSecret(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

export function isTokenSecret(text: string): boolean {
  return FORM.test(text);
}

/**
 * What is kept of a secret. A plain SHA-256, for what has 256 bits of randomness is not found by trying; and tokens are found by it, so that the time
 * of a comparison tells nothing of a secret.
 */
export function hashOfSecret(secret: string): Digest {
  return createHash('sha256').update(secret).digest('hex') as Digest;
}
