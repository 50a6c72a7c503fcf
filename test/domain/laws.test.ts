import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { canonicalText, digestOf } from '../../src/domain/canonical.js';
import { applyDifferences, compareTrees } from '../../src/domain/compare/compare-trees.js';
import type { Definition } from '../../src/domain/definition/definition.js';
import { flatten, unflatten } from '../../src/domain/definition/leaves.js';
import { normalizeDefinition } from '../../src/domain/definition/normalize.js';
import { applyPatch, diffTrees } from '../../src/domain/definition/patch.js';
import { toDefinition } from '../../src/domain/definition/schema.js';
import type { JsonObject } from '../../src/domain/json.js';
import { mergeTrees, type Choice, type Choices } from '../../src/domain/merge/merge-trees.js';
import { parsePointer, pointerOf } from '../../src/domain/pointer.js';
import { compareVersions, parseVersion, requireVersion, versionSortKey, type Version } from '../../src/domain/version.js';
import { canonical, naiveMerge, type Told } from '../corpus/naive-merge.js';
import { definition, shuffled } from './arbitraries.js';

const same = (left: object, right: object): void => expect(canonicalText(left)).toBe(canonicalText(right));
const ask: Choices = { at: () => undefined, onConflict: () => undefined };
const merge = (base: Definition, local: Definition, target: Definition, choices = ask): ReturnType<typeof mergeTrees> =>
  mergeTrees({ base, local, target }, choices);

/** Around where floating point numbers end, and where their count of digits has one more itself. */
const largeNumber = fc.constantFrom(
  '9007199254740990',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '20260801123045123',
  '20260801123045124',
);
const numeric = fc.oneof(fc.constantFrom('0', '1', '2', '10', '9'.repeat(99), `1${'0'.repeat(99)}`), largeNumber);
const prerelease = fc
  .array(fc.oneof(numeric, fc.constantFrom('alpha', 'beta', 'rc-1', 'RC', '-', '1a')), { maxLength: 2 })
  .map((identifiers) => (identifiers.length > 0 ? `-${identifiers.join('.')}` : ''));
const version: fc.Arbitrary<Version> = fc
  .tuple(
    fc.constantFrom('', 'v'),
    fc.array(fc.constantFrom('0', '1', '02', '10', '2026', '9007199254740990', '9007199254740991'), { minLength: 1, maxLength: 5 }),
    prerelease,
    fc.constantFrom('', '+build', '+b.01'),
  )
  .map(([v, numbers, pre, build]) => parseVersion(v + numbers.join('.') + pre + build))
  .filter((parsed) => parsed !== undefined);

describe('the order of versions', () => {
  it('is total: one of smaller, same, larger, and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions(a, b)).toBe(-compareVersions(b, a) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('agrees with SemVer where SemVer speaks', () => {
    const three = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20), fc.constantFrom('', '-1', '-alpha', '-alpha.1', '-beta'));
    fc.assert(
      fc.property(three, three, (left, right) => {
        const [a, b] = [left, right].map(([x, y, z, pre]) => `${x}.${y}.${z}${pre}`);
        expect(compareVersions(requireVersion(a ?? ''), requireVersion(b ?? ''))).toBe(semver.compare(a ?? '', b ?? ''));
      }),
    );
  });

  it('is that of numbers of any size, identifier by identifier', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 110n }), fc.bigInt({ min: -2n, max: 2n }), (a, step) => {
        const b = a + step < 0n ? 0n : a + step;
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(compareVersions(requireVersion(`1-${a}`), requireVersion(`1-${b}`))).toBe(expected);
      }),
    );
  });

  it('is the order of sort keys, byte by byte', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [left, right] = [versionSortKey(a), versionSortKey(b)];
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(compareVersions(a, b));
      }),
    );
  });
});

describe('definitions', () => {
  it('have one digest whatever the order of their keys', () => {
    fc.assert(fc.property(definition, (a) => void expect(digestOf(shuffled(a))).toBe(digestOf(a))));
  });

  it('are in normal form once they are', () => {
    fc.assert(fc.property(definition, (a) => void same(normalizeDefinition(a), a)));
    fc.assert(fc.property(definition, (a) => void same(toDefinition(a as Definition & JsonObject), a)));
  });

  it('are their leaves', () => {
    fc.assert(fc.property(definition, (a) => void same(unflatten<Definition>(flatten(a)), a)));
  });
});

describe('JSON Pointers', () => {
  it('read back to the tokens that they were made of', () => {
    fc.assert(fc.property(fc.array(fc.string()), (tokens) => void expect(parsePointer(pointerOf(...tokens))).toEqual(tokens)));
  });
});

describe('comparing', () => {
  it('finds nothing between a definition and itself', () => {
    fc.assert(fc.property(definition, (a) => void expect(compareTrees(a, shuffled(a))).toEqual([])));
  });

  it('finds what makes the right side of the left one', () => {
    fc.assert(fc.property(definition, definition, (a, b) => void same(applyDifferences(a, compareTrees(a, b)), b)));
  });

  it('makes patches that give the local definition when applied to the base', () => {
    fc.assert(fc.property(definition, definition, (base, local) => void same(applyPatch(base, diffTrees(base, local)), local)));
  });

  it('makes no patch of what is the same', () => {
    fc.assert(fc.property(definition, (a) => void expect(diffTrees(a, shuffled(a))).toBeUndefined()));
  });
});

describe('merging', () => {
  it('gives the target where nothing was changed locally', () => {
    fc.assert(fc.property(definition, definition, (base, target) => void same(merge(base, base, target).result, target)));
  });

  it('gives the local definition where the template did not change', () => {
    fc.assert(fc.property(definition, definition, (base, local) => void same(merge(base, local, base).result, local)));
  });

  it('gives what both have come to', () => {
    fc.assert(
      fc.property(definition, definition, (base, both) => {
        const { result, fields } = merge(base, both, both);
        same(result, both);
        expect(fields.every(({ outcome }) => outcome === 'CONVERGED')).toBe(true);
      }),
    );
  });

  it('does not depend on the order in which maps were built', () => {
    fc.assert(
      fc.property(definition, definition, definition, (base, local, target) => {
        const straight = merge(base, local, target);
        const turned = merge(shuffled(base), shuffled(local), shuffled(target));
        same(turned.result, straight.result);
        expect(turned.fields.map(({ path, outcome }) => [path, outcome])).toEqual(
          straight.fields.map(({ path, outcome }) => [path, outcome]),
        );
      }),
    );
  });

  it('gives a definition again, whatever is merged and however conflicts are settled, or left', () => {
    const policies = fc.constantFrom(undefined, 'LOCAL' as const, 'TEMPLATE' as const);
    fc.assert(
      fc.property(definition, definition, definition, policies, (base, local, target, choice) => {
        const onConflict = (): Choice | undefined => choice && { choice };
        const { result, fields } = merge(base, local, target, { at: () => undefined, onConflict });
        expect(() => toDefinition(result)).not.toThrow();
        if (choice) expect(fields.filter(({ outcome }) => outcome === 'CONFLICT')).toEqual([]);
      }),
    );
  });

  it('never makes a volume that neither side has: which one is mounted is all from one side', () => {
    const policies = fc.constantFrom(undefined, 'LOCAL' as const, 'TEMPLATE' as const);
    const mountedAt = ({ volumes = {} }: Definition, path: string): unknown => {
      const { kind, name, source } = volumes[path] ?? {};
      return [kind, name, source];
    };
    fc.assert(
      fc.property(definition, definition, definition, policies, (base, local, target, choice) => {
        const { result } = merge(base, local, target, { at: () => undefined, onConflict: () => choice && { choice } });
        const merged = toDefinition(result);
        for (const path of Object.keys(merged.volumes ?? {})) {
          expect([mountedAt(local, path), mountedAt(target, path)]).toContainEqual(mountedAt(merged, path));
        }
      }),
    );
  });

  it('gives a definition, whatever was chosen', () => {
    const policies = fc.constantFrom(undefined, 'LOCAL' as const, 'TEMPLATE' as const);
    fc.assert(
      fc.property(definition, definition, definition, policies, (base, local, target, choice) => {
        const { result } = merge(base, local, target, { at: () => undefined, onConflict: () => choice && { choice } });
        same(toDefinition(result), result);
      }),
    );
  });

  it('says of every place what the table says, told once more by plain nested maps', () => {
    const policies = fc.constantFrom(undefined, 'LOCAL' as const, 'TEMPLATE' as const);
    fc.assert(
      fc.property(definition, definition, definition, policies, (base, local, target, choice) => {
        const { result, fields } = merge(base, local, target, { at: () => undefined, onConflict: () => choice && { choice } });
        const told: Told[] = [];
        const expected = naiveMerge(base, local, target, '', () => choice, told);
        expect(canonical(result)).toBe(canonical(expected));
        const lines = (places: readonly Told[]): string[] => places.map(({ path, outcome }) => `${path} ${outcome}`).sort();
        expect(lines(fields)).toEqual(lines(told));
      }),
    );
  });
});
