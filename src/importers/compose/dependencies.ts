import { emptyRecord } from '../../domain/json.js';
import { boolAt, mapAt, wrongShape } from './fields.js';
import { failAt, placeOf } from './place.js';
import { namesOf } from './spellings.js';
import type { Tree, TreeMap } from './tree.js';

export interface Dependency {
  readonly name: string;
  /** What the long form says of it. */
  readonly terms: TreeMap;
  /** Whether the service cannot do without. */
  readonly required: boolean;
}

const NO_TERMS = emptyRecord<Tree>();

/** `depends_on` in both forms. @throws ImportFailedError where it is in neither. */
export function dependenciesOf(service: TreeMap): Dependency[] {
  const map = namesOf(service['depends_on']);
  if (!map) throw wrongShape(service, 'depends_on', 'a list of names, or a mapping');
  return Object.keys(map).map((name) => {
    const terms = mapAt(map, name) ?? NO_TERMS;
    return { name, terms, required: boolAt(terms, 'required') ?? true };
  });
}

/** Refuses services that wait for each other: they never start. */
export function refuseCycles(services: ReadonlyMap<string, TreeMap>, all: TreeMap): void {
  const needs = new Map([...services].map(([name, service]) => [name, dependenciesOf(service).map((need) => need.name)]));
  const left = waitingForEver(needs);
  const [start] = left;
  if (start === undefined) return;
  const path: string[] = [];
  const seen = new Set<string>();
  let at = start;
  for (; !seen.has(at); at = needs.get(at)?.find((need) => left.has(need)) ?? start) {
    seen.add(at);
    path.push(at);
  }
  const cycle = [...path.slice(path.indexOf(at)), at];
  const shown = cycle.length > 12 ? [...cycle.slice(0, 6), '...', ...cycle.slice(-5)] : cycle;
  throw failAt(placeOf(all, at), `services depend on each other: ${shown.join(' -> ')}`);
}

/** Those that wait for one another in a circle, or for one that does: what is left when all that can start have started. */
export function waitingForEver(needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const left = new Map([...needs].map(([name, list]) => [name, list.filter((need) => needs.has(need)).length]));
  const neededBy = new Map<string, string[]>();
  for (const name of needs.keys()) neededBy.set(name, []);
  for (const [name, list] of needs) for (const need of list) neededBy.get(need)?.push(name);
  const free = [...left].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name);
    for (const waiting of neededBy.get(name) ?? []) {
      const count = (left.get(waiting) ?? 0) - 1;
      left.set(waiting, count);
      if (count === 0) free.push(waiting);
    }
  }
  return new Set(left.keys());
}
