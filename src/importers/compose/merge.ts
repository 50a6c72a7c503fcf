import { emptyRecord } from '../../domain/json.js';
import { inheritPlace, isList, isMap, NOTHING, Override, Reset, textOf, type Tree, type TreeMap } from './tree.js';

/** Sequences of `KEY=value` that are mappings in another spelling. */
const KEYED = new Set(['environment', 'labels', 'args', 'sysctls', 'annotations', 'extra_hosts', 'driver_opts', 'options']);
/** Sequences of names that are mappings in another spelling. */
const NAMED = new Set(['depends_on', 'networks']);
/** Replaced, never appended to. */
const REPLACED = new Set(['command', 'entrypoint', 'test']);
/** Merged by what each entry is for. */
const IDENTITY: Readonly<Record<string, (entry: Tree) => string>> = {
  volumes: mountTarget,
  devices: mountTarget,
  configs: (entry) => (isMap(entry) ? (textOf(entry['target']) ?? textOf(entry['source']) ?? '') : (textOf(entry) ?? '')),
  secrets: (entry) => (isMap(entry) ? (textOf(entry['target']) ?? textOf(entry['source']) ?? '') : (textOf(entry) ?? '')),
};

/** Merges a tree over another one by the rules of Compose for several files (specification, section "Merge"). */
export function mergeTrees(under: Tree | undefined, over: Tree, key = ''): Tree | undefined {
  if (over instanceof Reset) return undefined;
  if (over instanceof Override) return over.value;
  if (under === undefined || under instanceof Reset) return settle(over);
  if (under instanceof Override) return mergeTrees(under.value, over, key);
  if (REPLACED.has(key)) return settle(over);
  const left = asMap(under, key);
  const right = asMap(over, key);
  if (left && right) return mergeMaps(left, right);
  if (isList(under) && isList(over)) return mergeLists(under, over, key);
  return settle(over);
}

export function mergeMaps(under: TreeMap, over: TreeMap): TreeMap {
  const result = emptyRecord<Tree>();
  for (const [key, value] of Object.entries(under)) result[key] = value;
  for (const [key, value] of Object.entries(over)) {
    const merged = mergeTrees(Object.hasOwn(under, key) ? under[key] : undefined, value, key);
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  inheritPlace(result, under, over);
  return result;
}

/** Takes the tags off a tree that is merged with nothing. */
export function settle(tree: Tree): Tree | undefined {
  if (tree instanceof Reset) return undefined;
  if (tree instanceof Override) return settle(tree.value);
  if (!isMap(tree)) return tree;
  if (!Object.values(tree).some((value) => value instanceof Reset || value instanceof Override || isMap(value))) return tree;
  return mergeMaps(emptyRecord<Tree>(), tree);
}

/** A mapping as it is, or one that was written as a sequence. */
export function asMap(tree: Tree | undefined, key: string): TreeMap | undefined {
  if (isMap(tree)) return tree;
  if (!isList(tree) || !(KEYED.has(key) || NAMED.has(key))) return undefined;
  const result = emptyRecord<Tree>();
  for (const entry of tree) {
    const text = textOf(entry);
    if (text === undefined) return undefined;
    const separator = KEYED.has(key) ? text.search(key === 'extra_hosts' ? /[=:]/ : /=/) : -1;
    if (separator < 0) result[text] = NOTHING;
    else result[text.slice(0, separator)] = text.slice(separator + 1);
  }
  return result;
}

function mergeLists(under: readonly Tree[], over: readonly Tree[], key: string): readonly Tree[] {
  const identity = IDENTITY[key] ?? ((entry: Tree) => JSON.stringify(entry));
  const entries = new Map<string, Tree>();
  for (const entry of [...under, ...over]) entries.set(identity(entry), entry);
  return [...entries.values()];
}

function mountTarget(entry: Tree): string {
  if (isMap(entry)) return textOf(entry['target']) ?? '';
  const parts = (textOf(entry) ?? '').split(':');
  return parts.length === 1 ? (parts[0] ?? '') : (parts[1] ?? '');
}
