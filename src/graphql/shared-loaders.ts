import type { ReadModel } from '../projector/projection.js';
import { createLoaders, type Loaders, type LoadersOf } from './loaders.js';

/** So many requests read with the same loaders at most: what they hold is bounded by what these asked for. */
const MAX_REQUESTS = 64;

interface Shared {
  readonly state: number;
  readonly loaders: Loaders;
  requests: number;
}

/**
 * Loaders that requests share for as long as the rows stay as they are: what one has read the next need not read again. Those who may read other
 * teams have others.
 */
export function sharedLoaders(): LoadersOf {
  const known = new WeakMap<ReadModel, Map<string, Shared>>();
  return (db, contents, teams) => {
    const ofRows = known.get(db) ?? new Map<string, Shared>();
    known.set(db, ofRows);
    const who = JSON.stringify(teams?.toSorted() ?? 'all');
    let shared = ofRows.get(who);
    if (shared?.state !== db.state) ofRows.clear();
    if (shared?.state !== db.state || shared.requests === MAX_REQUESTS) {
      shared = { state: db.state, loaders: createLoaders(db, contents, teams), requests: 0 };
      ofRows.set(who, shared);
    }
    shared.requests += 1;
    return shared.loaders;
  };
}
