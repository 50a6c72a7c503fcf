import { emptyRecord, isJsonObject, type Json, type JsonObject } from '../../domain/json.js';

type Map<T> = Readonly<Record<string, T>>;

/** The entries of a map in the order of their keys, so that equal contents are written alike, whatever order they were stored in. */
export function sortedEntries<T>(map: Map<T> | undefined): [string, T][] {
  return Object.entries(map ?? {}).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

/** The same with the keys of all objects within in order. */
export function sorted(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(sorted);
  return isJsonObject(json) ? objectOf(sortedEntries(json).map(([key, value]) => [key, sorted(value)])) : json;
}

/** An object without a prototype, of these entries; those that are undefined are not in it. */
export function objectOf(entries: Iterable<readonly [string, Json | undefined]>): JsonObject {
  const result = emptyRecord<Json>();
  for (const [key, value] of entries) if (value !== undefined) result[key] = value;
  return result;
}

/** What is there, where it is an object. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject {
  const value = object && Object.hasOwn(object, key) ? object[key] : undefined;
  return isJsonObject(value) ? value : {};
}

export function listAt(object: JsonObject | undefined, key: string): readonly Json[] {
  const value = object && Object.hasOwn(object, key) ? object[key] : undefined;
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The object without some keys. */
export function omit(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return objectOf(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** What is not empty. */
export function unlessEmpty<T extends JsonObject | readonly Json[]>(value: T): T | undefined {
  return (Array.isArray(value) ? value.length : Object.keys(value).length) > 0 ? value : undefined;
}
