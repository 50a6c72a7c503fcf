import { isJsonObject, jsonEqual, type Json, type JsonObject } from '../json.js';
import type { Pointer } from '../pointer.js';
import { waysOf } from './ways.js';

/** What an entry is, beside how it is used: fields that are taken from one side together, since mixed they name a thing that neither side has. */
interface Identity {
  readonly entry: RegExp;
  readonly of: (entry: Json | undefined, path: Pointer) => JsonObject;
  /** Whether two identities can be merged leaf by leaf. */
  readonly mix: (left: JsonObject, right: JsonObject) => boolean;
}

const IDENTITIES: readonly Identity[] = [
  /** The way to probe, or that a config file is a secret: two changes of one way (the path, the port, the content) can be merged. */
  {
    entry: /^\/(probes|configFiles)\/[^/]+$/,
    of: (entry, path) => waysOf(path, entry),
    mix: (left, right) => Object.keys(left).join() === Object.keys(right).join(),
  },
  /** The volume that is mounted. */
  { entry: /^\/volumes\/[^/]+$/, of: (volume) => pick(volume, ['kind', 'name', 'source']), mix: jsonEqual },
];

/**
 * Whether an entry that both sides have cannot be merged leaf by leaf: neither is what the base is, and they are not the same. A side that left
 * alone what the entry is follows the other.
 */
export function identitiesClash(
  path: Pointer,
  { base, local, target }: { readonly base: Json | undefined; readonly local: Json | undefined; readonly target: Json | undefined },
): boolean {
  const identity = IDENTITIES.find(({ entry }) => entry.test(path));
  if (!identity) return false;
  const [before, mine, other] = [identity.of(base, path), identity.of(local, path), identity.of(target, path)];
  return !jsonEqual(before, mine) && !jsonEqual(before, other) && !identity.mix(mine, other);
}

function pick(entry: Json | undefined, fields: readonly string[]): JsonObject {
  if (!isJsonObject(entry)) return {};
  return Object.fromEntries(fields.flatMap((field) => (Object.hasOwn(entry, field) ? [[field, entry[field] as Json]] : [])));
}
