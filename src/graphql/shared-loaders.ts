import type { ReadModel } from '../projector/projection.js';
import { createLoaders, type Loaders, type LoadersOf } from './loaders.js';

/** So many requests read with the same loaders at most: what they hold is bounded by what these asked for. */
const MAX_REQUESTS = 64;

interface Shared {
  readonly loaders: Loaders;
  requests: number;
}

/** Of rows in one state, by the teams that one may read. */
interface OfState {
  readonly state: number;
  readonly byTeams: Map<string, Shared>;
}

/**
 * Loaders that requests share for as long as the rows stay as they are: what one has read the next need not read again. Those who may read other
 * teams have others.
 */
export function sharedLoaders(): LoadersOf {
  const known = new WeakMap<ReadModel, OfState>();
  const ofState = (db: ReadModel): OfState => {
    const before = known.get(db);
    if (before?.state === db.state) return before;
    const now: OfState = { state: db.state, byTeams: new Map() };
    known.set(db, now);
    return now;
  };
  return (db, contents, teams) => {
    const { byTeams } = ofState(db);
    const who = JSON.stringify(teams?.toSorted() ?? 'all');
    const before = byTeams.get(who);
    const shared = before && before.requests < MAX_REQUESTS ? before : { loaders: createLoaders(db, contents, teams), requests: 0 };
    byTeams.set(who, shared);
    shared.requests += 1;
    return shared.loaders;
  };
}
