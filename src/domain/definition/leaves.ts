import { emptyRecord, isJsonObject, type Json, type JsonObject } from '../json.js';
import { escapeToken, parsePointer, type Pointer } from '../pointer.js';
import type { AppContent, Definition } from './definition.js';

/** Content that can be compared and merged leaf by leaf: a component's definition or app-level content. */
export type Tree = Definition | AppContent;

/** The leaves of a tree by JSON Pointer: scalars, lists and empty objects; a variable of `env` is one leaf whatever its value. */
export type Leaves = ReadonlyMap<Pointer, Json>;

/** Whether the value at this place is a leaf, not an object to look into. */
export function isLeaf(value: Json, path: Pointer): boolean {
  return !isJsonObject(value) || isEnvVariable(path) || Object.keys(value).length === 0;
}

export function isEnvVariable(path: Pointer): boolean {
  return path.startsWith('/env/') && !path.includes('/', 5);
}

export function flatten(tree: Tree): Leaves {
  const leaves = new Map<Pointer, Json>();
  collect(asJson(tree), '', leaves);
  leaves.delete('');
  return leaves;
}

/** The leaves at and below a value that stands at `path`. */
export function leavesBelow(value: Json, path: Pointer): Leaves {
  const leaves = new Map<Pointer, Json>();
  collect(value, path, leaves);
  return leaves;
}

function collect(value: Json, path: Pointer, into: Map<Pointer, Json>): void {
  if (isLeaf(value, path)) {
    into.set(path, value);
    return;
  }
  for (const [key, member] of Object.entries(value as JsonObject)) collect(member, `${path}/${escapeToken(key)}`, into);
}

/** The inverse of flatten. @throws where a leaf stands below another leaf. */
export function unflatten<T extends Tree>(leaves: Leaves): T {
  const root = emptyRecord<Json>();
  for (const [path, value] of leaves) place(root, path, value);
  return root as JsonObject & T;
}

function place(root: Record<string, Json>, path: Pointer, value: Json): void {
  const tokens = parsePointer(path);
  const last = tokens?.pop();
  if (tokens === undefined || last === undefined) throw new Error(`not the path of a leaf: ${path}`);
  let node = root;
  for (const token of tokens) {
    const next = (node[token] ??= emptyRecord<Json>());
    if (!isJsonObject(next)) throw new Error(`a leaf below another leaf: ${path}`);
    node = next;
  }
  if (node[last] !== undefined) throw new Error(`two leaves at one place: ${path}`);
  node[last] = value;
}

/** A tree is made of JSON values alone; this only says so to the compiler. */
export function asJson(tree: Tree): JsonObject {
  return tree as Tree & JsonObject;
}
