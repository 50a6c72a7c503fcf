import { emptyRecord } from '../../domain/json.js';
import type { Budget } from './budget.js';
import { inheritPlaces } from './place.js';
import { buildOf, hostsOf, namesOf, pairsOf } from './spellings.js';
import { isList, isMap, listOf, Override, Reset, textOf, toJson, type Tree, type TreeMap } from './tree.js';
import { weigh } from './weigh.js';

/** How Compose merges what stands at a place, where it is not mapping into mapping, list after list, and the later of two scalars. */
type Rule =
  | { readonly kind: 'replace' }
  | { readonly kind: 'map'; readonly read: (tree: Tree) => TreeMap | undefined }
  | { readonly kind: 'list'; readonly read: (tree: Tree) => readonly Tree[]; readonly identity: (entry: Tree) => string };

const replace: Rule = { kind: 'replace' };
const pairs: Rule = { kind: 'map', read: pairsOf };
const names: Rule = { kind: 'map', read: namesOf };
const list: Rule = { kind: 'list', read: listOf, identity: textIdentity };
const mounts: Rule = { kind: 'list', read: listOf, identity: mountTarget };
const grants: Rule = { kind: 'list', read: listOf, identity: grantTarget };

/** By where they stand, for the services of a project (specification, section "Merge"); `*` is a name. */
const RULES = new Map<string, Rule>([
  ['services/*/command', replace],
  ['services/*/entrypoint', replace],
  ['services/*/healthcheck/test', replace],
  ['services/*/build', { kind: 'map', read: buildOf }],
  ['services/*/depends_on', names],
  ['services/*/networks', names],
  ['services/*/extra_hosts', { kind: 'list', read: hostsOf, identity: textIdentity }],
  ['services/*/build/extra_hosts', { kind: 'list', read: hostsOf, identity: textIdentity }],
  ['services/*/volumes', mounts],
  ['services/*/devices', mounts],
  ['services/*/configs', grants],
  ['services/*/secrets', grants],
  ...['env_file', 'label_file', 'tmpfs', 'dns', 'dns_search', 'dns_opt'].map((name) => [`services/*/${name}`, list] as const),
  ...['environment', 'labels', 'annotations', 'sysctls'].map((name) => [`services/*/${name}`, pairs] as const),
  ...['args', 'labels', 'additional_contexts'].map((name) => [`services/*/build/${name}`, pairs] as const),
  ['services/*/deploy/labels', pairs],
  ...['networks', 'volumes', 'configs', 'secrets'].map((section) => [`${section}/*/labels`, pairs] as const),
]);

const SECTIONS = new Set(['services', 'networks', 'volumes', 'configs', 'secrets']);

/** Where a service stands, for what merges services one by one. */
export const SERVICE = 'services/*';

/** Merges mappings by the rules of Compose for several files. @throws UnplacedError past the budget. */
export function mergeMaps(under: TreeMap, over: TreeMap, budget: Budget, at = ''): TreeMap {
  const left = Object.entries(under);
  const right = Object.entries(over);
  budget.merge(left.length + right.length);
  const result = emptyRecord<Tree>();
  for (const [key, value] of left) result[key] = value;
  for (const [key, value] of right) {
    const merged = mergeTrees(Object.hasOwn(under, key) ? under[key] : undefined, value, budget, placeBelow(at, key));
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  return inheritPlaces(result, under, over);
}

function placeBelow(at: string, key: string): string {
  if (at === '') return key;
  return SECTIONS.has(at) ? `${at}/*` : `${at}/${key}`;
}

function mergeTrees(under: Tree | undefined, over: Tree, budget: Budget, at: string): Tree | undefined {
  if (over instanceof Reset) return undefined;
  if (over instanceof Override || under === undefined || under instanceof Reset) return settle(over, budget);
  if (under instanceof Override) return mergeTrees(under.value, over, budget, at);
  const rule = RULES.get(at);
  if (rule?.kind === 'replace') return settle(over, budget);
  if (rule?.kind === 'list') return mergeLists(rule.read(under), rule.read(over), rule.identity, budget);
  const left = rule ? rule.read(under) : under;
  const right = rule ? rule.read(over) : over;
  if (isMap(left) && isMap(right)) return mergeMaps(left, right, budget, at);
  if (isList(under) && isList(over)) return mergeLists(under, over, textIdentity, budget);
  return settle(over, budget);
}

/** Takes the tags off a tree that is merged with nothing. */
export function settle(tree: Tree, budget: Budget): Tree | undefined {
  if (tree instanceof Reset) return undefined;
  if (tree instanceof Override) return settle(tree.value, budget);
  return isMap(tree) && weigh(tree).tagged ? mergeMaps(emptyRecord<Tree>(), tree, budget) : tree;
}

/** Entries that stand for the same thing are one, the later. */
function mergeLists(under: readonly Tree[], over: readonly Tree[], identity: (entry: Tree) => string, budget: Budget): readonly Tree[] {
  budget.merge(under.length + over.length);
  const entries = new Map<string, Tree>();
  for (const entry of [...under, ...over]) entries.set(identity(entry), entry);
  return inheritPlaces([...entries.values()], under, over);
}

const identities = new WeakMap<object, string>();

function textIdentity(entry: Tree): string {
  if (typeof entry !== 'object') return JSON.stringify(entry);
  const identity = identities.get(entry) ?? JSON.stringify(toJson(entry));
  identities.set(entry, identity);
  return identity;
}

function grantTarget(entry: Tree): string {
  return (isMap(entry) ? (textOf(entry['target']) ?? textOf(entry['source'])) : textOf(entry)) ?? textIdentity(entry);
}

function mountTarget(entry: Tree): string {
  if (isMap(entry)) return textOf(entry['target']) ?? textIdentity(entry);
  const text = textOf(entry);
  if (text === undefined) return textIdentity(entry);
  const parts = text.replace(/^([A-Za-z]):\\/, '$1\\').split(':');
  return parts[1] ?? parts[0] ?? '';
}
