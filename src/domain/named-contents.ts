import { eventSchemas } from './event-catalogue.js';
import { NAMES_CONTENT } from './event-schema.js';
import type { Digest } from './ids.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { pointerOf, type Pointer } from './pointer.js';

/** A content that an event names. */
export interface NamedDigest {
  /** Within the data of the event. */
  readonly path: Pointer;
  readonly digest: Digest;
}

/** Names of properties, or "each item". */
type Way = readonly (string | typeof ITEMS)[];
const ITEMS = Symbol('items');

/** Where each type of event names contents. */
const ways = new Map(Object.entries(eventSchemas).map(([type, { newest }]) => [type, waysIn(newest)]));

/** What an event names by digest, in the order of its schema. Only where the schema says so: a text that looks like a digest, in a reason, names nothing. */
export function contentsNamedBy(type: string, data: JsonObject): NamedDigest[] {
  return (ways.get(type) ?? []).flatMap((way) => digestsAlong(way, data, []));
}

function digestsAlong([step, ...further]: Way, value: Json | undefined, at: readonly string[]): NamedDigest[] {
  if (step === undefined) return typeof value === 'string' ? [{ path: pointerOf(...at), digest: value as Digest }] : [];
  if (step !== ITEMS) return isJsonObject(value) ? digestsAlong(further, value[step], [...at, step]) : [];
  return Array.isArray(value) ? value.flatMap((item: Json, i) => digestsAlong(further, item, [...at, String(i)])) : [];
}

/** The parts of a JSON Schema that lead further. */
interface Schema {
  readonly [NAMES_CONTENT]?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function waysIn(schema: Schema): Way[] {
  if (schema[NAMES_CONTENT] === true) return [[]];
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, below]) => waysIn(below).map((way): Way => [name, ...way]));
  const items = schema.items ? waysIn(schema.items).map((way): Way => [ITEMS, ...way]) : [];
  return [...properties, ...items, ...(schema.anyOf ?? []).flatMap(waysIn)];
}
