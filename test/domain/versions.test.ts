import { describe, expect, it } from 'vitest';
import { suggestVersion } from '../../src/domain/template/suggest-version.js';
import { compareVersions, parseVersion, requireVersion, versionSortKey } from '../../src/domain/version.js';

const order = (left: string, right: string): number => compareVersions(requireVersion(left), requireVersion(right));

describe('versions', () => {
  it.each(['1', '1.1', 'v1.2.3', '2026.08.01', '4.2.2.3', '1.0.0-alpha.1', '1.0+build.5', 'v0.1.0-alpha', '8.2202.1'])(
    '%s is one',
    (label) => {
      expect(parseVersion(label)?.label).toBe(label);
    },
  );

  it.each([
    '',
    'latest',
    'RELEASE.2021-04-22T15-44-28Z',
    '1.',
    '.1',
    '1..2',
    '1.0-',
    '1.0-01',
    'version/1.0',
    '1.0 ',
    '99999999999999999999',
    '1.9007199254740992',
    '1.0+',
    '1.0+.',
    '1.0+a..b',
    '1.0+a.',
    '1.0-a..b',
  ])('%j is none', (label) => {
    expect(() => requireVersion(label)).toThrow(expect.objectContaining({ code: 'VERSION_INVALID' }));
  });

  it.each([
    ['1.1', '1.1.0'],
    ['v1.1', '1.1'],
    ['1.01', '1.1'],
    ['1.1+a', '1.1+b'],
    ['1.2.3.0', '1.2.3'],
    ['1.0-1+a', '1-1'],
  ])('%s and %s are the same', (left, right) => {
    expect(order(left, right)).toBe(0);
  });

  it.each([
    ['1.9', '1.10'],
    ['1.0-rc.1', '1.0'],
    ['1.0', '1.0.1-alpha'],
    ['1.2.3', '1.2.3.1'],
    ['1.2.3.9', '1.2.3.10'],
    ['1.2.3.1-rc', '1.2.3.1'],
    ['2025.12.31', '2026.01.01'],
    ['1.0-20260801123045123', '1.0-20260801123045124'],
    ['1.0-9007199254740991', '1.0-9007199254740992'],
    ['1.0-20260801123045123', '1.0-alpha'],
    ['1.0-9', '1.0-20260801123045124'],
    [`1.0-${'9'.repeat(99)}`, `1.0-1${'0'.repeat(99)}`],
    ['1.9007199254740990', '1.9007199254740991'],
    ['1.2.3.9007199254740990', '1.2.3.9007199254740991'],
  ])('%s is smaller than %s', (left, right) => {
    expect(order(left, right)).toBe(-1);
    expect(order(right, left)).toBe(1);
    expect(versionSortKey(requireVersion(left)) < versionSortKey(requireVersion(right))).toBe(true);
  });
});

describe('the next version', () => {
  const fields = [{ path: '/image', field: 'IMAGE', change: 'CHANGED', before: 'a', after: 'b' }] as const;
  it.each([
    ['1.4.2', 'CHANGED', '1.4.3'],
    ['1.4.2', 'ADDED', '1.5.0'],
    ['v1.4.2', 'REMOVED', 'v2.0.0'],
    ['1.4', 'CHANGED', '1.5'],
    ['1.4', 'REMOVED', '2.0'],
    ['2026.08.1', 'CHANGED', '2026.08.2'],
    ['2026.08.09', 'CHANGED', '2026.08.10'],
    ['2026.08.01', 'ADDED', '2026.09.00'],
    ['1.9007199254740991', 'CHANGED', '2.0'],
    ['v9007199254740991', 'CHANGED', 'v9007199254740991.1'],
  ] as const)('after %s, where something is %s, is %s', (latest, change, next) => {
    const comparison = { components: [{ key: 'web', change, fields }], appFields: [] };
    expect(suggestVersion(requireVersion(latest), comparison)).toMatchObject({ version: next });
    expect(order(latest, next)).toBe(-1);
  });

  it('after a prerelease is its release, and before all is 1.0', () => {
    expect(suggestVersion(requireVersion('2.0-rc.1'), { components: [], appFields: [] }).version).toBe('2.0');
    expect(suggestVersion(undefined, undefined).version).toBe('1.0');
  });
});
