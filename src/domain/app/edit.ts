import type { Definition } from '../definition/definition.js';
import { isEntryPath } from '../definition/fields.js';
import { flatten, isEnvVariable, isLeaf, unflatten, type Leaves } from '../definition/leaves.js';
import { isOtherWay } from '../definition/ways.js';
import { toDefinition } from '../definition/schema.js';
import { Refusal } from '../errors.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import { editConfigFiles, editVariable, type BoundTexts } from './edit-open-values.js';
import { escapeToken, parsePointer, type Pointer } from '../pointer.js';

/**
 * An edit: things to set, by the shape of a definition (maps are merged by key, other values replaced), and paths to remove. What it does not
 * name stays. A variable of `env` is always an object here, of what `editVariable` takes; a config file may have a content and be secret.
 */
export interface Edit {
  readonly set: JsonObject;
  readonly unset: readonly Pointer[];
}

/**
 * A definition after an edit, in normal form. What `unset` names is removed first, then `set` is laid over.
 * @throws Refusal BAD_USER_INPUT for a path that names nothing, or a result that is no definition.
 */
export function editDefinition(definition: Definition, edit: Edit): Definition {
  return editComponent(definition, edit).definition;
}

/** A component after an edit. */
export interface Edited {
  readonly definition: Definition;
  /** Values for what is secret or generated in it, by path: given, or there in the clear before. */
  readonly bound: ReadonlyMap<Pointer, string>;
}

/** `editDefinition` with the values that are not in the result; without a definition, a new one of which the edit says everything. */
export function editComponent(definition: Definition | undefined, edit: Edit): Edited {
  const bound: BoundTexts = new Map();
  const leaves = editLeaves(definition ? flatten(definition) : new Map(), edit, bound);
  return { definition: toDefinition(unflatten<Definition>(leaves) as Definition & JsonObject), bound };
}

/** A new definition, of which an edit says everything. @throws Refusal as `editDefinition`. */
export function defineComponent(set: JsonObject): Definition {
  return editComponent(undefined, { set, unset: [] }).definition;
}

/** The same on leaves: also for app-level content, where nothing is bound. */
export function editLeaves(before: Leaves, { set, unset }: Edit, bound: BoundTexts = new Map()): Leaves {
  const leaves = new Map(before);
  for (const path of unset) removeBelow(leaves, path);
  const files = set['configFiles'];
  const toSet = isJsonObject(files) ? { ...set, configFiles: editConfigFiles(leaves, files, bound) } : set;
  for (const [path, value] of leavesToSet(toSet, '')) {
    if (isEmptyEntry(path, value) && hasBelow(leaves, path)) continue;
    removeInTheWay(leaves, path);
    leaves.set(path, isEnvVariable(path) ? editVariable(path, leaves.get(path) ?? null, value, bound) : value);
  }
  return leaves;
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

/** A value takes the place of what stood above or below it; a way of an entry (to probe, to hold a content) takes the place of the other ways. */
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
