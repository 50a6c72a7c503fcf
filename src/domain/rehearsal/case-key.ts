import { digestOf } from '../canonical.js';
import type { AppOutline, Installation } from '../app/state.js';
import type { Digest, InstallationId } from '../ids.js';
import { emptyRecord, type Json, type JsonObject } from '../json.js';

/**
 * Names what the plan of an install depends on: where it stands, its local changes, and what is beside it in its app; all but who it is. Installs of
 * the same key have the same plan, but for its ids: whatever a plan looks at, it finds the same there. So a plan is made once for all of them.
 */
export function caseKey(state: AppOutline, installationId: InstallationId): Digest {
  const installation = state.installations.get(installationId);
  if (!installation) throw new Error(`app ${state.appId} has no installation ${installationId}`);
  const others = [...state.installations.values()].filter((other) => other !== installation).map(factsOf);
  const own = [...state.components.values()].map(({ key, digest }) => ({ key, digest }));
  return digestOf({ install: factsOf(installation), others: inOrder(others), own: inOrder(own) });
}

/** Everything that is known of an installation, but its id. */
function factsOf({ installationId: _, ...facts }: Installation): JsonObject {
  return toJson(facts) as JsonObject;
}

/** Apps that came to the same in another order are alike. */
function inOrder(facts: readonly JsonObject[]): JsonObject[] {
  const keyed = facts.map((each) => [digestOf(each), each] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** Plain data of the state's own: maps by their keys, what is undefined left out. */
function toJson(value: unknown): Json {
  if (value instanceof Map) return toJson(Object.fromEntries(value));
  if (value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)].map(toJson);
  if (typeof value !== 'object' || value === null) return value as Json;
  const record = emptyRecord<Json>();
  for (const [key, each] of Object.entries(value)) if (each !== undefined) record[key] = toJson(each);
  return record;
}
