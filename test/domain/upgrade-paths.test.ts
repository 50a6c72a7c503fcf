import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOpenFrom, UpgradePaths, type Stop } from '../../src/domain/template/upgrade-path.js';
import { stopRequired } from '../../src/domain/template/why-not.js';
import { requireVersionRange } from '../../src/domain/version-range.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';

const key = (label: string): string => versionSortKey(requireVersion(label));
const stop = (label: string, upgradeFrom?: string): Stop => ({
  label,
  sortKey: key(label),
  upgradeFrom: upgradeFrom === undefined ? undefined : requireVersionRange(upgradeFrom, 'upgradeFrom'),
});
const bySortKey = (left: Stop, right: Stop): number => (left.sortKey < right.sortKey ? -1 : 1);
const path = (from: string, stops: readonly Stop[], to: string): readonly string[] | undefined =>
  new UpgradePaths(key(from), stops.filter(({ sortKey }) => sortKey > key(from)).sort(bySortKey)).to(key(to));

describe('the way to a version', () => {
  const stops = [stop('1.1'), stop('1.4'), stop('1.5', '>=1.4'), stop('2.0', '>=1.4'), stop('3.0', '2.0'), stop('4.0', '9.0')];

  it('is one hop where the version can be reached from where the installation stands', () => {
    expect(path('1.0', stops, '1.4')).toEqual(['1.4']);
    expect(path('1.4', stops, '2.0')).toEqual(['2.0']);
  });

  it('goes by the fewest stops, and by the largest of as many', () => {
    expect(path('1.0', stops, '2.0')).toEqual(['1.4', '2.0']);
    expect(path('1.0', stops, '3.0')).toEqual(['1.4', '2.0', '3.0']);
    expect(path('1.0', [stop('1.4'), stop('1.6'), stop('2.0', '>=1.4')], '2.0')).toEqual(['1.6', '2.0']);
  });

  it('is none where no version that can be reached is a stop, nor to what is no larger version', () => {
    expect(path('1.0', stops, '4.0')).toBeUndefined();
    expect(path('1.0', [stop('2.0', '2.0'), stop('3.0', '2.0')], '3.0')).toBeUndefined();
    expect(path('1.0', stops, '1.0')).toBeUndefined();
    expect(path('1.0', stops, '2.5')).toBeUndefined();
    expect(path('1.0', [], '2.0')).toBeUndefined();
  });

  it('never goes back, though a range has larger versions', () => {
    expect(path('1.0', [stop('2.0', '3.0'), stop('3.0')], '2.0')).toBeUndefined();
  });
});

describe('the way to a version, of any versions', () => {
  const labels = Array.from({ length: 9 }, (_, n) => `${n + 1}.0`);
  const bound = fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '='), fc.constantFrom(...labels)).map(([op, label]) => op + label);
  const range = fc
    .array(fc.array(bound, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
    .map((parts) => parts.map((all) => all.join(' ')).join(' || '));
  const graph = fc.record({
    from: fc.constantFrom(...labels),
    stops: fc
      .subarray(labels)
      .chain((some) => fc.tuple(...some.map((label) => fc.option(range).map((upgradeFrom) => stop(label, upgradeFrom ?? undefined))))),
  });
  const larger = (stops: readonly Stop[], from: string): Stop[] => stops.filter(({ sortKey }) => sortKey > key(from));

  /** All the legal ways, looked for one by one. */
  function everyWay(from: string, stops: readonly Stop[], to: Stop): Stop[][] {
    if (isOpenFrom(to, key(from))) return [[to], ...through()];
    return through();
    function through(): Stop[][] {
      return larger(stops, from)
        .filter(({ sortKey }) => sortKey < to.sortKey)
        .filter((next) => isOpenFrom(next, key(from)))
        .flatMap((next) => everyWay(next.label, stops, to).map((rest) => [next, ...rest]));
    }
  }
  const backwards = (way: readonly Stop[]): string =>
    way
      .map(({ sortKey }) => sortKey)
      .reverse()
      .join(' ');
  function best(ways: readonly (readonly Stop[])[]): readonly Stop[] | undefined {
    const fewest = Math.min(...ways.map((way) => way.length));
    return ways.filter((way) => way.length === fewest).sort((a, b) => (backwards(a) < backwards(b) ? 1 : -1))[0];
  }

  it('is the best of all that there are', () => {
    let several = 0;
    fc.assert(
      fc.property(graph, ({ from, stops }) => {
        const paths = new UpgradePaths(key(from), larger(stops, from));
        for (const target of larger(stops, from)) {
          const found = paths.to(target.sortKey);
          expect(found).toEqual(best(everyWay(from, stops, target))?.map(({ label }) => label));
          if (found && found.length > 1) several++;
        }
      }),
      { numRuns: 500 },
    );
    expect(several).toBeGreaterThan(5);
  });

  it('needs of the versions without upgradeFrom the largest in each span of the others only', () => {
    fc.assert(
      fc.property(graph, ({ from, stops }) => {
        const all = larger(stops, from);
        const bounded = all.filter(({ upgradeFrom }) => upgradeFrom);
        const needed = bounded.flatMap(({ upgradeFrom, sortKey }) =>
          (upgradeFrom?.spans ?? []).map((span) =>
            all.findLast((each) => !each.upgradeFrom && each.sortKey >= span.from && each.sortKey < span.to && each.sortKey < sortKey),
          ),
        );
        const few = all.filter((each) => each.upgradeFrom ?? needed.includes(each));
        const [whole, part] = [all, few].map((known) => new UpgradePaths(key(from), known));
        for (const { sortKey } of bounded) expect(part?.to(sortKey)).toEqual(whole?.to(sortKey));
      }),
    );
  });

  it('is found at once among ten thousand stops that each require the one before', () => {
    const chain = Array.from({ length: 10_000 }, (_, n) => stop(`1.${n + 1}`, `1.${n}`));
    expect(new UpgradePaths(key('1.0'), chain).to(key('1.10000'))).toHaveLength(10_000);
  });
});

describe('why a version is not offered', () => {
  const target = stop('2.0', '>=1.4');
  it('names the stop to make first, and the way', () => {
    expect(stopRequired('1.0', target, ['1.4', '2.0'])).toEqual({
      code: 'STOP_REQUIRED',
      reason:
        'version 2.0 can be upgraded to from >=1.4 only, and the installation stands at 1.0: upgrade to 1.4 first (1.0 -> 1.4 -> 2.0)',
      viaVersion: '1.4',
    });
  });
  it('says where no way leads there', () => {
    expect(stopRequired('1.0', target, undefined)).toEqual({
      code: 'OTHER',
      reason: 'version 2.0 can be upgraded to from >=1.4 only, and the installation stands at 1.0: no version that is offered leads there',
      viaVersion: undefined,
    });
  });
  it('shows of a long way its two ends', () => {
    const way = Array.from({ length: 20 }, (_, n) => `1.${n + 1}`);
    expect(stopRequired('1.0', target, way).reason).toMatch(
      /\(1\.0 -> 1\.1 -> 1\.2 -> 1\.3 -> \.\.\. -> 1\.17 -> 1\.18 -> 1\.19 -> 1\.20\)$/,
    );
  });
});
