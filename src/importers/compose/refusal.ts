import { Refusal } from '../../domain/errors.js';
import { parsePointer } from '../../domain/pointer.js';
import { failAt, placeOf } from './place.js';
import type { TreeMap } from './tree.js';

/** Runs what may refuse a definition, and says where what it refuses was written. @throws ImportFailedError. */
export function refusalAt<T>(map: TreeMap, prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { path } = error.details;
    const tokens = typeof path === 'string' ? parsePointer(path) : undefined;
    const key = tokens?.find((token) => Object.hasOwn(map, token));
    throw failAt(placeOf(map, key), prefix + error.message);
  }
}
