import { failAt, placeOf } from './place.js';
import { isList, isMap, isNothing, numberOf, Plain, textOf, type Tree, type TreeMap } from './tree.js';
import type { ImportFailedError } from '../imported-project.js';

/** GraphQL's Int, in which counts are told, goes so far. */
export const MAX_COUNT = 2 ** 31 - 1;

/*
 * Readers of one field of a mapping. Null is as good as absent; another shape than the one that is read is refused, with its place, as it would
 * otherwise vanish.
 */

/** @throws ImportFailedError. */
export function textAt(map: TreeMap, key: string): string | undefined {
  const text = textOf(map[key]);
  if (text === undefined && !isNothing(map[key])) throw wrongShape(map, key, 'a text');
  return text;
}

/** @throws ImportFailedError. */
export function mapAt(map: TreeMap, key: string): TreeMap | undefined {
  const tree = map[key];
  if (isMap(tree)) return tree;
  if (!isNothing(tree)) throw wrongShape(map, key, 'a mapping');
  return undefined;
}

const TRUE = new Set(['true', 'yes', 'y', 'on', 't', '1']);
const FALSE = new Set(['false', 'no', 'n', 'off', 'f', '0']);

/** A boolean, or a text that Compose takes for one: what interpolation leaves behind is text. @throws ImportFailedError. */
export function boolAt(map: TreeMap, key: string): boolean | undefined {
  const tree = map[key];
  if (isNothing(tree) || tree === '') return undefined;
  if (tree instanceof Plain && typeof tree.value === 'boolean') return tree.value;
  const word = textOf(tree)?.toLowerCase() ?? '';
  if (!TRUE.has(word) && !FALSE.has(word)) throw wrongShape(map, key, 'true or false');
  return TRUE.has(word);
}

/** A whole number from 0; undefined for what is none, which is for the caller to keep. @throws ImportFailedError for one over `MAX_COUNT`. */
export function countAt(map: TreeMap, key: string): number | undefined {
  const count = numberOf(map[key]);
  if (count === undefined || !Number.isInteger(count) || count < 0) return undefined;
  if (count > MAX_COUNT) throw failAt(placeOf(map, key), `${key} is at most ${MAX_COUNT}, not ${textOf(map[key])}`);
  return count;
}

export function wrongShape(map: TreeMap, key: string, expected: string): ImportFailedError {
  return failAt(placeOf(map, key), `${key} is ${expected}, not ${shapeOf(map[key])}`);
}

export function shapeOf(tree: Tree | undefined): string {
  if (isNothing(tree)) return 'nothing';
  if (isList(tree)) return 'a list';
  return isMap(tree) ? 'a mapping' : `"${textOf(tree)}"`;
}
