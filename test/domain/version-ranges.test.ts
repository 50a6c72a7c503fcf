import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRange, requireVersionRange } from '../../src/domain/version-range.js';
import { compareVersions, requireVersion, versionSortKey } from '../../src/domain/version.js';

const has = (range: string, label: string): boolean =>
  inRange(requireVersionRange(range, 'upgradeFrom'), versionSortKey(requireVersion(label)));

const number = fc.constantFrom('0', '1', '2', '9', '10', '01');
const label = fc
  .tuple(
    fc.constantFrom('', 'v'),
    fc.array(number, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '-rc', '-rc.1', '-rc.1.0', '-1', '-rc-1'),
    fc.constantFrom('', '+b'),
  )
  .map(([v, numbers, pre, build]) => `${v}${numbers.join('.')}${pre}${build}`);
const comparator = fc.record({ operator: fc.constantFrom('', '=', '<', '<=', '>', '>='), label });
const comparators = fc.array(comparator, { minLength: 1, maxLength: 3 });
const alternatives = fc.array(comparators, { minLength: 1, maxLength: 3 });
type Comparator = typeof comparator extends fc.Arbitrary<infer T> ? T : never;

const written = (parts: readonly (readonly Comparator[])[], space = ' ', or = ' || '): string =>
  parts.map((all) => all.map(({ operator, label: each }) => operator + each).join(space)).join(or);

/** What the comparators mean, by the order of versions alone. */
function holds({ operator, label: bound }: Comparator, version: string): boolean {
  const order = compareVersions(requireVersion(version), requireVersion(bound));
  return { '': order === 0, '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator] ?? false;
}

describe('a range of versions', () => {
  it.each([
    ['>=1.4 <2 || 3.0', ['1.4', 'v1.4.0', '1.9.9', '2.0-rc.1', '3.0', '3'], ['1.3.9', '1.4-rc.1', '2.0', '3.0.1', '3.0-rc']],
    ['>= 1.4', ['1.4', '20'], ['1.3']],
    ['2026.08.1.4 || <2025', ['2026.8.1.4', '2024.12.31', '2025.0-rc'], ['2026.8.1.3', '2026.8.1.4.1', '2025']],
    ['1.0+a', ['1.0', '1+b'], ['1.0.1']],
    ['>2 <1', [], ['1', '1.5', '2', '3']],
  ])('%s has its versions in any spelling, and no others', (range, inside, outside) => {
    for (const version of inside) expect(has(range, version), version).toBe(true);
    for (const version of outside) expect(has(range, version), version).toBe(false);
  });

  it('has a version exactly where the order of versions says so', () => {
    fc.assert(
      fc.property(alternatives, label, (parts, version) => {
        expect(has(written(parts), version)).toBe(parts.some((all) => all.every((each) => holds(each, version))));
      }),
      { numRuns: 1000 },
    );
  });

  it('is kept as it is written, and means the same whatever the spaces', () => {
    fc.assert(
      fc.property(alternatives, label, (parts, version) => {
        const range = written(parts);
        expect(requireVersionRange(range, 'upgradeFrom').label).toBe(range);
        const spaced = ` ${written(parts, ' \t ', '||')} `;
        expect(requireVersionRange(spaced, 'upgradeFrom').spans).toEqual(requireVersionRange(range, 'upgradeFrom').spans);
        expect(has(spaced, version)).toBe(has(range, version));
      }),
    );
  });

  it.each(['', ' ', '||', '1.0 ||', '>=', '> =1', '>=1.4<2', '^1.4', '~1.4', '1.x', '*', 'latest', '1.0 - 2.0', '>=1.4, <2', '=>1', '!=1'])(
    'is not %j: refused, saying what is accepted',
    (range) => {
      expect(() => requireVersionRange(range, 'upgradeFrom')).toThrow(
        expect.objectContaining({
          code: 'BAD_USER_INPUT',
          message: expect.stringMatching(/^upgradeFrom: .*use versions after <, <=, >, >= or =.*">=1\.4 <2 \|\| 3\.0"$/) as string,
          details: { path: 'upgradeFrom' },
        }),
      );
    },
  );

  it('is read at once, whatever it is padded with', () => {
    const started = performance.now();
    for (const range of [`1${' '.repeat(999)}`, `>${' '.repeat(998)}1`, `1${' '.repeat(900)}^`]) {
      try {
        requireVersionRange(range, 'upgradeFrom');
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
      }
    }
    expect(performance.now() - started).toBeLessThan(100);
  });

  it('of more than 1000 characters is refused', () => {
    expect(() => requireVersionRange(`1${' '.repeat(1000)}`, 'upgradeFrom')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
