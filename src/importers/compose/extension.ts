import { checkDefinition } from '../../domain/definition/schema.js';
import type { AppContent, Definition } from '../../domain/definition/definition.js';
import { flatten, unflatten, type Tree as Content } from '../../domain/definition/leaves.js';
import { normalizeAppContent, normalizeDefinition } from '../../domain/definition/normalize.js';
import { Refusal } from '../../domain/errors.js';
import type { Json } from '../../domain/json.js';
import { parsePointer, type Pointer } from '../../domain/pointer.js';
import { mapAt, wrongShape } from './fields.js';
import { failAt, placeOf, type Place } from './place.js';
import { isList, isNothing, textOf, toJson, type TreeMap } from './tree.js';

/**
 * `x-regraft` of a service, or of the project: what Compose cannot say, as a patch upon what the rest says. `set` holds leaves by JSON Pointer,
 * `unset` the pointers of leaves that are not there after all. It is how an exported file is read back to the same digests
 * (`src/exporters/compose`), and can say no more than a definition can hold: the result is checked as any definition is.
 */
export const EXTENSION = 'x-regraft';

/** @throws ImportFailedError with the line of the pointer that does not fit. */
export function extendDefinition(definition: Definition, service: TreeMap): Definition {
  return applied(definition, service, `service "${definition.key}": `, (patched: Definition, refuse) => {
    if (patched.key !== definition.key) throw refuse('/key', 'the key of a component is the name of its service');
    return normalizeDefinition(checkDefinition(patched));
  });
}

/** @throws ImportFailedError as extendDefinition. */
export function extendAppContent(content: AppContent, root: TreeMap): AppContent {
  return applied(content, root, '', (patched: AppContent, refuse) => {
    const other = [...flatten(patched).keys()].find((pointer) => !pointer.startsWith('/extra/'));
    if (other !== undefined) throw refuse(other, 'what stands beside the components is below /extra');
    return normalizeAppContent(patched);
  });
}

type Refuse = (pointer: Pointer, message: string) => Error;

function applied<T extends Content>(said: T, holder: TreeMap, prefix: string, check: (patched: T, refuse: Refuse) => T): T {
  const extension = mapAt(holder, EXTENSION);
  if (!extension) return said;
  const places = new Map<Pointer, Place>();
  const refuse: Refuse = (pointer, message) =>
    failAt(placeWithin(places, pointer) ?? placeOf(holder, EXTENSION), `${prefix}${EXTENSION}: ${pointer}: ${message}`);
  const leaves = new Map(flatten(said));
  for (const [pointer, place] of unsetOf(extension)) {
    places.set(pointer, place);
    if (!leaves.delete(pointer)) throw refuse(pointer, 'unset names nothing that the file says: take it away here too');
  }
  for (const [pointer, { value, place }] of setOf(extension)) {
    places.set(pointer, place);
    if (!parsePointer(pointer)?.length) throw refuse(pointer, 'is not a JSON Pointer such as /env/NAME');
    leaves.set(pointer, value);
  }
  for (const pointer of leaves.keys()) {
    const above = prefixesOf(pointer).find((each) => leaves.has(each));
    if (above !== undefined) throw refuse(places.has(pointer) ? pointer : above, `there cannot be a value both here and at ${above}`);
  }
  try {
    return check(unflatten<T>(leaves), refuse);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { path } = error.details;
    const place = typeof path === 'string' ? placeWithin(places, path) : undefined;
    throw failAt(place ?? placeOf(holder, EXTENSION), `${prefix}${EXTENSION}: ${error.message}`);
  }
}

function setOf(extension: TreeMap): [Pointer, { readonly value: Json; readonly place: Place }][] {
  const unknown = Object.keys(extension).find((key) => key !== 'set' && key !== 'unset');
  if (unknown !== undefined) throw failAt(placeOf(extension, unknown), `${EXTENSION} has set and unset, and no "${unknown}"`);
  const set = mapAt(extension, 'set') ?? {};
  return Object.entries(set).map(([pointer, tree]) => [pointer, { value: toJson(tree), place: placeOf(set, pointer) }]);
}

function unsetOf(extension: TreeMap): [Pointer, Place][] {
  const { unset } = extension;
  if (isNothing(unset)) return [];
  if (!isList(unset)) throw wrongShape(extension, 'unset', 'a list of JSON Pointers');
  return unset.map((tree) => {
    const pointer = textOf(tree);
    if (pointer === undefined) throw wrongShape(extension, 'unset', 'a list of JSON Pointers');
    return [pointer, placeOf(unset)];
  });
}

/** The pointers of what a pointer leads through. */
function prefixesOf(pointer: Pointer): Pointer[] {
  const prefixes: Pointer[] = [];
  for (let at = pointer.indexOf('/', 1); at > 0; at = pointer.indexOf('/', at + 1)) prefixes.push(pointer.slice(0, at));
  return prefixes;
}

/** Where what is said of a path, or of something within or around it, was written. */
function placeWithin(places: ReadonlyMap<Pointer, Place>, path: Pointer): Place | undefined {
  const related = (pointer: Pointer): boolean => `${path}/`.startsWith(`${pointer}/`) || pointer.startsWith(`${path}/`);
  return places.get(path) ?? [...places].find(([pointer]) => related(pointer))?.[1];
}
