import type { Definition } from '../domain/definition/definition.js';
import { flatten } from '../domain/definition/leaves.js';

/** Share of leaves that two definitions must have in common to look the same. */
const ALIKE = 0.6;
/** Beyond so many pairs a suggestion is a guess, and costs more than it helps. */
const MAX_PAIRS = 10_000;

/** Pairs of a removed and an added definition that look the same, best first; each is in one pair at most. */
export function suggestRenames(removed: readonly Definition[], added: readonly Definition[]): { from: string; to: string }[] {
  if (removed.length * added.length > MAX_PAIRS) return [];
  const before = removed.map((definition) => ({ key: definition.key, leaves: leavesOf(definition) }));
  const after = added.map((definition) => ({ key: definition.key, leaves: leavesOf(definition) }));
  const pairs = before.flatMap((from) => after.map((to) => ({ from: from.key, to: to.key, likeness: likeness(from.leaves, to.leaves) })));
  const taken = new Set<string>();
  return pairs
    .filter((pair) => pair.likeness >= ALIKE)
    .sort((left, right) => right.likeness - left.likeness)
    .flatMap(({ from, to }) => {
      if (taken.has(`from ${from}`) || taken.has(`to ${to}`)) return [];
      taken.add(`from ${from}`).add(`to ${to}`);
      return [{ from, to }];
    });
}

/** Leaves as texts, without those that name the component and those that nearly every component has. */
function leavesOf(definition: Definition): Set<string> {
  const own = new Set(['/key', '/replicas', '/extra/container_name', '/extra/hostname']);
  return new Set([...flatten(definition)].filter(([path]) => !own.has(path)).map(([path, value]) => `${path} ${JSON.stringify(value)}`));
}

/** Jaccard index. */
function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const union = left.union(right).size;
  return union === 0 ? 0 : left.intersection(right).size / union;
}
