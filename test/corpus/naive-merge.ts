import { mergeTexts } from '../../src/domain/merge/merge-texts.js';

/**
 * The merge table of the design once more, written as plainly as possible: nested maps, no patches, no digests. It is what the real one is held
 * against. Texts of several lines are merged by what is held against laws of its own (`test/domain/merge-texts.test.ts`).
 */
export type Plain = unknown;
type PlainMap = Readonly<Record<string, unknown>>;

export interface Told {
  readonly path: string;
  readonly outcome: string;
}

export type Choose = (path: string) => 'LOCAL' | 'TEMPLATE' | undefined;

const ENTRIES = /^\/(ports|volumes|configFiles|dependsOn|probes)\/[^/]+$/;
const VOLUME = /^\/volumes\/[^/]+$/;
const ONE_WAY = /^\/(probes|configFiles)\/[^/]+$/;
const ATOMIC = /^\/env\/[^/]+$/;

export function naiveMerge(base: Plain, local: Plain, target: Plain, path: string, choose: Choose, told: Told[]): Plain {
  const same = (a: Plain, b: Plain): boolean => canonical(a) === canonical(b);
  const all = [base, local, target].filter((side) => side !== undefined);
  if (all.length === 0) return undefined;

  const conflict = (): Plain => {
    const choice = choose(path);
    told.push({ path, outcome: choice ? 'RESOLVED' : 'CONFLICT' });
    return choice === 'TEMPLATE' ? target : local;
  };

  if (ENTRIES.test(path) && base !== undefined && (local === undefined) !== (target === undefined)) {
    if (!same(base, local ?? target)) return conflict();
    for (const leaf of leaves(base, path)) told.push({ path: leaf, outcome: local === undefined ? 'KEEP_LOCAL' : 'TAKE_TEMPLATE' });
    return undefined;
  }

  if (ONE_WAY.test(path)) {
    const [from, mine, other] = [base, local, target].map(wayOf);
    if (!same(from, mine) && !same(from, other) && Object.keys(mine ?? {}).join() !== Object.keys(other ?? {}).join()) return conflict();
  }

  if (VOLUME.test(path)) {
    const [from, mine, other] = [base, local, target].map(mountedBy);
    if (!same(from, mine) && !same(from, other) && !same(mine, other)) return conflict();
  }

  const maps = !ATOMIC.test(path) && all.every(isMap) && all.some((side) => Object.keys(side).length > 0);
  if (!maps) {
    if (same(base, local) && same(base, target)) return base;
    if (same(local, target)) {
      told.push({ path, outcome: 'CONVERGED' });
      return local;
    }
    if (same(base, local)) {
      told.push({ path, outcome: 'TAKE_TEMPLATE' });
      return target;
    }
    if (same(base, target)) {
      told.push({ path, outcome: 'KEEP_LOCAL' });
      return local;
    }
    if (!ATOMIC.test(path) && isText(base) && isText(local) && isText(target) && (base + local + target).includes('\n')) {
      const merge = mergeTexts({ base, local, target });
      if (!merge) return conflict();
      const choice = choose(path);
      const clashes = merge.hunks.length > 0;
      told.push({ path, outcome: !clashes ? 'MERGED' : choice ? 'RESOLVED' : 'CONFLICT' });
      return clashes && !choice ? local : merge.with(choice === 'TEMPLATE' ? 'target' : 'local');
    }
    return conflict();
  }

  const result = Object.create(null) as Record<string, unknown>;
  for (const key of new Set(all.flatMap((side) => Object.keys(side)))) {
    const at = (side: Plain): Plain => (isMap(side) && Object.hasOwn(side, key) ? side[key] : undefined);
    const merged = naiveMerge(at(base), at(local), at(target), `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, choose, told);
    if (merged !== undefined) result[key] = merged;
  }
  if (Object.keys(result).length > 0) return result;
  if (!path.startsWith('/extra/')) return path === '' ? result : undefined;
  const there = (base === undefined) === (local === undefined) ? target !== undefined : local !== undefined;
  return there ? result : undefined;
}

/** How a probe probes, without its timing; whether a config file has a content or is a secret. */
function wayOf(entry: Plain): PlainMap {
  const { http, tcpPort, exec, content, secret } = isMap(entry) ? entry : {};
  return Object.fromEntries(Object.entries({ http, tcpPort, exec, content, secret }).filter(([, value]) => value !== undefined));
}

/** Which volume is mounted, without how. */
function mountedBy(volume: Plain): PlainMap {
  const { kind, name, source } = isMap(volume) ? volume : {};
  return Object.fromEntries(Object.entries({ kind, name, source }).filter(([, value]) => value !== undefined));
}

function isMap(value: Plain): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: Plain): value is string {
  return typeof value === 'string';
}

export function leaves(value: Plain, path: string): string[] {
  if (!isMap(value) || ATOMIC.test(path) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}

/** A text that is the same for the same value, whatever the order of its keys. */
export function canonical(value: Plain): string {
  if (!isMap(value)) return Array.isArray(value) ? `[${value.map(canonical).join(',')}]` : (JSON.stringify(value) ?? 'nothing');
  const entries = Object.keys(value).sort();
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}
