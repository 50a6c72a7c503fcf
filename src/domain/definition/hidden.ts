import { isJsonObject, type Json } from '../json.js';
import { escapeToken, type Pointer } from '../pointer.js';
import { leavesBelow } from './leaves.js';
import { secretPlaces } from './open-values.js';

/** The places at or below a path that are secret in one of the values that were there. */
export function secretsAmong(path: Pointer, values: readonly (Json | undefined)[]): ReadonlySet<Pointer> {
  const leaves = values.flatMap((value) => (value === undefined ? [] : [...leavesBelow(value, path)]));
  return secretPlaces(leaves.map(([place, value]) => ({ path: place, sides: [value] })));
}

/** What is at a path, null at every place that is secret. */
export function hideSecrets(path: Pointer, value: Json, secret: ReadonlySet<Pointer>): Json {
  if (secret.has(path)) return null;
  if (!isJsonObject(value) || secret.size === 0) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, hideSecrets(`${path}/${escapeToken(key)}`, below, secret)]));
}
