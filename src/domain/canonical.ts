import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Refusal } from './errors.js';
import type { Digest } from './ids.js';

/**
 * The canonical text of a JSON value (RFC 8785, JSON Canonicalization Scheme).
 * @throws Refusal BAD_USER_INPUT for what does not survive the way through JSON and UTF-8: numbers that are infinite, texts and keys with half
 * a surrogate pair. Stores would keep those differently, or not at all.
 */
export function canonicalText(value: object): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal('BAD_USER_INPUT', `a value cannot be kept: ${reason}`);
  }
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** SHA-256 over the canonical text: equal exactly for equal contents, whatever the order of their keys. */
export function digestOf(value: object): Digest {
  return createHash('sha256').update(canonicalText(value), 'utf8').digest('hex') as Digest;
}
