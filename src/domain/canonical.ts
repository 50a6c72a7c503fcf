import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Digest } from './ids.js';

/** The canonical text of a JSON value (RFC 8785, JSON Canonicalization Scheme). */
export function canonicalText(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** SHA-256 over the canonical text: equal exactly for equal contents, whatever the order of their keys. */
export function digestOf(value: object): Digest {
  return createHash('sha256').update(canonicalText(value), 'utf8').digest('hex') as Digest;
}
