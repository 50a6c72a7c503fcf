import { ImportFailedError } from '../imported-project.js';
import type { Tree } from './tree.js';

/** Where something was written: a file as it was named, a line from 1. */
export interface Place {
  readonly file: string | undefined;
  readonly line: number | undefined;
}

interface Mark extends Place {
  readonly keys: ReadonlyMap<string, Place>;
}

const NOWHERE: Place = { file: undefined, line: undefined };
const NO_KEYS: ReadonlyMap<string, Place> = new Map();
const marks = new WeakMap<object, Mark>();

/** Remembers where a map or a list was written, and the keys of a map. */
export function markPlace(tree: Tree, { file, line }: Place, keys: ReadonlyMap<string, Place> = NO_KEYS): void {
  if (typeof tree === 'object') marks.set(tree, { file, line, keys });
}

/** The place of a tree, or of one of its keys where it is known. */
export function placeOf(tree: Tree | undefined, key?: string): Place {
  const mark = typeof tree === 'object' ? marks.get(tree) : undefined;
  return (key === undefined ? undefined : mark?.keys.get(key)) ?? mark ?? NOWHERE;
}

/** Gives a map that was made of others the places of these; the later ones win. */
export function inheritPlaces<T extends Tree>(tree: T, ...from: readonly Tree[]): T {
  const known = from.flatMap((source) => (typeof source === 'object' ? (marks.get(source) ?? []) : []));
  const [only] = known;
  const keys = known.length === 1 && only ? only.keys : new Map(known.flatMap((mark) => [...mark.keys]));
  markPlace(tree, known.at(-1) ?? NOWHERE, keys);
  return tree;
}

/** Something is wrong with a text or too much is made of it: whoever knows where it stands says so, by `placed`. */
export class UnplacedError extends Error {
  override readonly name = 'UnplacedError';
}

/** Runs what may throw an UnplacedError, and turns it into the refusal of the import, with its place. */
export function placed<T>(place: () => Place, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof UnplacedError ? failAt(place(), error.message) : error;
  }
}

export function failAt({ file, line }: Place, message: string): ImportFailedError {
  return new ImportFailedError(message, file, line);
}
