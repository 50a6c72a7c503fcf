import { emptyRecord, type Json, type JsonObject } from '../../domain/json.js';

/** A number, a boolean or a null as it was written: Compose reads some of them as text. */
export class Plain {
  constructor(
    readonly value: number | boolean | null,
    readonly source: string,
  ) {}
}

/** `!override`: takes the place of what it would be merged with. */
export class Override {
  constructor(readonly value: Tree) {}
}

/** `!reset`: takes away what it would be merged with. */
export class Reset {}

export type Tree = string | Plain | Override | Reset | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly [key: string]: Tree;
}

export const NOTHING = new Plain(null, '');

export function isMap(tree: Tree | undefined): tree is TreeMap {
  return (
    typeof tree === 'object' && !Array.isArray(tree) && !(tree instanceof Plain) && !(tree instanceof Override) && !(tree instanceof Reset)
  );
}

export function isList(tree: Tree | undefined): tree is readonly Tree[] {
  return Array.isArray(tree);
}

export function isNothing(tree: Tree | undefined): boolean {
  return tree === undefined || (tree instanceof Plain && tree.value === null);
}

/** A scalar as text; undefined for anything else, and for null. */
export function textOf(tree: Tree | undefined): string | undefined {
  if (typeof tree === 'string') return tree;
  return tree instanceof Plain && tree.value !== null ? tree.source : undefined;
}

/** A word of a command: a scalar as text; of anything else its JSON. */
export function wordOf(tree: Tree): string {
  return textOf(tree) ?? JSON.stringify(toJson(tree));
}

/** A number, or a text that is one. */
export function numberOf(tree: Tree | undefined): number | undefined {
  const text = textOf(tree);
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

/** A list, or a single thing as a list of one; empty for null. */
export function listOf(tree: Tree | undefined): readonly Tree[] {
  if (tree === undefined || isNothing(tree)) return [];
  return isList(tree) ? tree : [tree];
}

/** As plain JSON, for `extra`. */
export function toJson(tree: Tree): Json {
  if (typeof tree === 'string') return tree;
  if (tree instanceof Plain) return plainJson(tree);
  if (tree instanceof Override) return toJson(tree.value);
  if (tree instanceof Reset) return null;
  if (isList(tree)) return tree.map(toJson);
  return toJsonObject(tree);
}

/** A number that JSON would write in another way (`0440`, `1.10`, 2^53 + 1, `.inf`) stays the text that it was. */
function plainJson({ value, source }: Plain): Json {
  return typeof value === 'number' && String(value) !== source ? source : value;
}

export function toJsonObject(map: TreeMap): JsonObject {
  const result = emptyRecord<Json>();
  for (const [key, value] of Object.entries(map)) result[key] = toJson(value);
  return result;
}

/** Plain JSON as it would be read from a file. Law: `toJson(fromJson(json))` is `json`. */
export function fromJson(json: Json): Tree {
  if (typeof json === 'string') return json;
  if (json === null) return NOTHING;
  if (typeof json !== 'object') return new Plain(json, String(json));
  if (Array.isArray(json)) return (json as readonly Json[]).map(fromJson);
  return treeOf(json as JsonObject);
}

export function treeOf(object: JsonObject): TreeMap {
  const result = emptyRecord<Tree>();
  for (const [key, value] of Object.entries(object)) result[key] = fromJson(value);
  return result;
}

/** A map without some keys; undefined where nothing is left. */
export function without(map: TreeMap, ...keys: readonly string[]): TreeMap | undefined {
  const result = emptyRecord<Tree>();
  for (const [key, value] of Object.entries(map)) if (!keys.includes(key)) result[key] = value;
  return Object.keys(result).length > 0 ? result : undefined;
}
