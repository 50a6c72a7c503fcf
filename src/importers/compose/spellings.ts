import { emptyRecord } from '../../domain/json.js';
import { inheritPlaces } from './place.js';
import { isList, isMap, isNothing, listOf, NOTHING, textOf, type Tree, type TreeMap } from './tree.js';

/*
 * Compose lets one thing be written in several ways. These bring each to one of them; undefined where the thing is written in none.
 */

/** A mapping, or a list of `KEY=value`; a key alone has no value. */
export function pairsOf(tree: Tree | undefined): TreeMap | undefined {
  return fromList(tree, (text) => {
    const at = text.indexOf('=');
    return at < 0 ? [text, NOTHING] : [text.slice(0, at), text.slice(at + 1)];
  });
}

/** A mapping, or a list of names. */
export function namesOf(tree: Tree | undefined): TreeMap | undefined {
  return fromList(tree, (text) => [text, NOTHING]);
}

function fromList(tree: Tree | undefined, read: (text: string) => [string, Tree]): TreeMap | undefined {
  if (isMap(tree)) return tree;
  if (isNothing(tree)) return emptyRecord<Tree>();
  if (!isList(tree)) return undefined;
  const result = emptyRecord<Tree>();
  for (const entry of tree) {
    const text = textOf(entry);
    if (text === undefined) return undefined;
    const [key, value] = read(text);
    result[key] = value;
  }
  return inheritPlaces(result, tree);
}

/** A mapping of hosts to an address or several, or a list of `host=address`, as the list: a host may be in it more than once. */
export function hostsOf(tree: Tree): readonly Tree[] {
  if (!isMap(tree)) return listOf(tree);
  return Object.entries(tree).flatMap(([host, addresses]) => listOf(addresses).map((address) => `${host}=${textOf(address) ?? ''}`));
}

/** A `build` is a mapping, or its context alone. */
export function buildOf(tree: Tree): TreeMap | undefined {
  if (isMap(tree)) return tree;
  const context = textOf(tree);
  return context === undefined ? undefined : Object.assign(emptyRecord<Tree>(), { context });
}
