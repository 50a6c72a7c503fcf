import type { Definition } from '../definition/definition.js';
import { isEntryPath } from '../definition/fields.js';
import { flatten, isEnvVariable, isLeaf, unflatten, type Leaves } from '../definition/leaves.js';
import { isOtherWay } from '../definition/probe-ways.js';
import { toDefinition } from '../definition/schema.js';
import { Refusal } from '../errors.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { escapeToken, parsePointer, type Pointer } from '../pointer.js';

/**
 * An edit: things to set, by the shape of a definition (maps are merged by key, other values replaced), and paths to remove. What it does not
 * name stays. A variable of `env` is always an object of its value and description here, of which one may be missing.
 */
export interface Edit {
  readonly set: JsonObject;
  readonly unset: readonly Pointer[];
}

/**
 * A definition after an edit, in normal form. What `unset` names is removed first, then `set` is laid over.
 * @throws Refusal BAD_USER_INPUT for a path that names nothing, or a result that is no definition.
 */
export function editDefinition(definition: Definition, { set, unset }: Edit): Definition {
  const leaves = editLeaves(flatten(definition), { set, unset });
  return toDefinition(unflatten<Definition>(leaves) as Definition & JsonObject);
}

/** A new definition, of which an edit says everything. @throws Refusal as `editDefinition`. */
export function defineComponent(set: JsonObject): Definition {
  return toDefinition(unflatten<Definition>(editLeaves(new Map(), { set, unset: [] })) as Definition & JsonObject);
}

/** The same on leaves: also for app-level content. */
export function editLeaves(before: Leaves, { set, unset }: Edit): Leaves {
  const leaves = new Map(before);
  for (const path of unset) removeBelow(leaves, path);
  for (const [path, value] of leavesToSet(set, '')) {
    if (isEmptyEntry(path, value) && hasBelow(leaves, path)) continue;
    removeInTheWay(leaves, path);
    leaves.set(path, isEnvVariable(path) ? editVariable(leaves.get(path) ?? null, value) : value);
  }
  return leaves;
}

/** A variable of which only the value is said keeps its description, and the other way round. */
function editVariable(before: Json, said: Json): Json {
  if (!isJsonObject(said)) return said;
  const { value = null, description } = { ...(isJsonObject(before) ? before : { value: before }), ...said };
  return description ? { value, description } : value;
}

function removeBelow(leaves: Map<Pointer, Json>, path: Pointer): void {
  if (parsePointer(path) === undefined || path === '') {
    throw new Refusal('BAD_USER_INPUT', `unset: "${path}" is not the path of a field (a JSON Pointer such as /env/NAME)`, { path });
  }
  if (path === '/key') throw new Refusal('BAD_USER_INPUT', 'unset: a component always has a key: set another one instead', { path });
  let found = leaves.delete(path);
  for (const leaf of [...leaves.keys()]) {
    if (leaf.startsWith(`${path}/`)) found = leaves.delete(leaf);
  }
  if (!found) throw new Refusal('BAD_USER_INPUT', `unset: there is nothing at ${path}`, { path });
}

/** A value takes the place of what stood above or below it; a way to probe takes the place of the other ways. */
function removeInTheWay(leaves: Map<Pointer, Json>, path: Pointer): void {
  if (leaves.has(path)) return;
  for (const leaf of [...leaves.keys()]) if (isOtherWay(leaf, path)) leaves.delete(leaf);
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) leaves.delete(path.slice(0, end));
  for (const leaf of [...leaves.keys()]) if (leaf.startsWith(`${path}/`)) leaves.delete(leaf);
}

/** An entry of which nothing is said: it comes with its defaults where it is new, and stays as it is where it is there. */
function isEmptyEntry(path: Pointer, value: Json): boolean {
  return isEntryPath(path) && isJsonObject(value) && Object.keys(value).length === 0;
}

function hasBelow(leaves: Leaves, path: Pointer): boolean {
  for (const leaf of leaves.keys()) if (leaf.startsWith(`${path}/`)) return true;
  return false;
}

/** The leaves of what is set; an empty map sets nothing, as there is nothing in it. */
function leavesToSet(set: JsonObject, path: Pointer): (readonly [Pointer, Json])[] {
  return Object.entries(set).flatMap(([key, value]): (readonly [Pointer, Json])[] => {
    const below = `${path}/${escapeToken(key)}`;
    if (isLeaf(value, below) && isJsonObject(value) && !isEnvVariable(below)) {
      return below.startsWith('/extra/') || isEntryPath(below) ? [[below, value]] : [];
    }
    return isLeaf(value, below) ? [[below, value]] : leavesToSet(value as JsonObject, below);
  });
}
