import { describe, expect, it } from 'vitest';
import { withdrawVersion } from '../../src/domain/template/decide-version-state.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import { requireOneHop, requirePath } from '../../src/domain/template/reach.js';
import { findVersion, type Release } from '../../src/domain/template/state.js';
import { requireVersion, versionSortKey } from '../../src/domain/version.js';
import { eventsOf, published, release, stateOf } from './releases.js';

/** Versions whose web is their label, each with where it is upgraded to from. */
const template = (versions: Readonly<Record<string, string | undefined>>): readonly TemplateEvent[] =>
  Object.entries(versions).reduce<readonly TemplateEvent[]>(
    (events, [label, upgradeFrom]) =>
      published(events, release(label, { web: `w${label}x` }, upgradeFrom === undefined ? {} : { upgradeFrom })),
    [],
  );
const shop = template({ '1.0': undefined, '1.4': undefined, '1.5': undefined, '2.0': '>=1.4', '3.0': '2.0' });
const withdrawn = (events: readonly TemplateEvent[], label: string): readonly TemplateEvent[] => [
  ...events,
  ...eventsOf(withdrawVersion({ version: requireVersion(label) }, stateOf(events))),
];
const standing = (label: string, ...held: readonly string[]) => ({
  version: requireVersion(label),
  held: new Set(held.map((each) => versionSortKey(requireVersion(each)))),
  pending: undefined,
});
const target = (events: readonly TemplateEvent[], label: string): Release => {
  const found = findVersion(stateOf(events), requireVersion(label));
  if (!found) throw new Error(`no version ${label}`);
  return found;
};
const path = (from: ReturnType<typeof standing>, to: string, events = shop): readonly string[] =>
  requirePath(from, target(events, to), stateOf(events));

describe('the way of an installation', () => {
  it('is by what the versions say of themselves, as they were published', () => {
    expect(path(standing('1.0'), '3.0')).toEqual(['1.5', '2.0', '3.0']);
    expect(path(standing('1.4'), '3.0')).toEqual(['2.0', '3.0']);
    expect(path(standing('1.0'), '1.5')).toEqual(['1.5']);
  });

  it('never goes by a version that is withdrawn or held back', () => {
    expect(path(standing('1.0'), '3.0', withdrawn(shop, '1.5'))).toEqual(['1.4', '2.0', '3.0']);
    expect(path(standing('1.0', '1.5'), '3.0')).toEqual(['1.4', '2.0', '3.0']);
    for (const refused of [() => path(standing('1.0', '1.4', '1.5'), '3.0'), () => path(standing('1.0'), '3.0', withdrawn(shop, '2.0'))]) {
      expect(refused).toThrow(
        expect.objectContaining({
          code: 'NOT_UPGRADABLE',
          message:
            'version 3.0 can be upgraded to from 2.0 only, and the installation stands at 1.0: no version that is offered leads there',
          details: { from: '1.0', to: '3.0', path: null },
        }),
      );
    }
  });

  it('starts where the installation stands, though that version is withdrawn', () => {
    expect(path(standing('1.4'), '2.0', withdrawn(shop, '1.4'))).toEqual(['2.0']);
  });

  it('leads to nothing that is not larger, withdrawn or held back', () => {
    expect(() => path(standing('2.0'), '1.5')).toThrow(expect.objectContaining({ code: 'NOT_UPGRADABLE' }));
    expect(() => path(standing('1.0'), '1.4', withdrawn(shop, '1.4'))).toThrow(expect.objectContaining({ code: 'VERSION_WITHDRAWN' }));
    expect(() => path(standing('1.0', '1.4'), '1.4')).toThrow(
      expect.objectContaining({
        code: 'NOT_UPGRADABLE',
        message: 'the installation was rolled back from version 1.4: lift that by releaseHold, then upgrade',
      }),
    );
  });
});

describe('an upgrade in one hop', () => {
  it('is refused past a stop, with the way', () => {
    expect(() => requireOneHop(standing('1.0'), target(shop, '3.0'), stateOf(shop))).toThrow(
      expect.objectContaining({
        code: 'NOT_UPGRADABLE',
        message:
          'version 3.0 can be upgraded to from 2.0 only, and the installation stands at 1.0: upgrade to 1.5 first (1.0 -> 1.5 -> 2.0 -> 3.0), or go there alongPath',
        details: { from: '1.0', to: '3.0', path: ['1.5', '2.0', '3.0'], viaVersion: '1.5' },
      }),
    );
    expect(() => requireOneHop(standing('2.0'), target(shop, '3.0'), stateOf(shop))).not.toThrow();
  });
});
