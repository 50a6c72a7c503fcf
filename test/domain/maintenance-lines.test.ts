import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComponentId, ReleaseId, TemplateComponentId } from '../../src/domain/ids.js';
import { finishRelease, recordSync, retryRelease, startRelease } from '../../src/domain/template/decide.js';
import { findVersion, largestVersion, manifestOf, type Release } from '../../src/domain/template/state.js';
import { suggestVersion } from '../../src/domain/template/suggest-version.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import { compareVersions, requireVersion } from '../../src/domain/version.js';
import { created, digest, eventsOf, given, published, release, stateOf } from './releases.js';

const versionOf = (events: readonly TemplateEvent[], label: string): Release => {
  const found = findVersion(stateOf(events), requireVersion(label));
  if (!found) throw new Error(`no version ${label}`);
  return found;
};
const contentsOf = (events: readonly TemplateEvent[], label: string): Record<string, string> =>
  Object.fromEntries(
    [...manifestOf(versionOf(events, label)).components.values()].map(({ key, digest: of }) => [key, of.replace(/0+$/, '')]),
  );
const identitiesOf = (events: readonly TemplateEvent[], label: string): Record<string, string> =>
  Object.fromEntries([...manifestOf(versionOf(events, label)).components.values()].map((entry) => [entry.key, entry.templateComponentId]));

const v14 = published([], release('1.4', { web: 'web14', db: 'db1' }));
const v20 = published(v14, release('2.0', { web: 'web2x', db: 'db1', redis: 'redis1' }));
const line = (version: string, components: Readonly<Record<string, string>>, basedOn = '1.4') => release(version, components, { basedOn });

describe('a release on a maintenance line', () => {
  it('is larger than the version that it is based on, and smaller than others that are published', () => {
    const data = given(v20)
      .when((state) => startRelease(line('1.4.1', { web: 'web141', db: 'db1' }), state))
      .started();
    expect(data).toMatchObject({ version: '1.4.1', basedOn: '1.4', line: true });
    expect(data?.difference.set.map(({ key }) => key)).toEqual(['web']);
    expect(data?.difference.removed).toEqual([]);
  });

  it('refuses a version that is not larger than that one, or is taken, in any spelling', () => {
    for (const [version, than] of [
      ['1.4', '1.4'],
      ['v1.4.0', '1.4'],
      ['1.3', '1.4'],
      ['2.0.0', '2.0'],
    ] as const) {
      expect(startRelease(line(version, { web: 'new' }), stateOf(v20))).toMatchObject({
        accepted: false,
        refusal: { code: 'VERSION_NOT_LARGER', details: { version, than } },
      });
    }
  });

  it('refuses to be based on what is not published, or on anything where the template is new', () => {
    expect(() => startRelease(line('1.4.1', { web: 'new' }, '1.3'), stateOf(v20))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => created(line('1.0', { web: 'web1' }))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('has nothing to publish where the app is as in the version that it is based on, whatever the largest is', () => {
    given(v20)
      .when((state) => startRelease(line('1.4.1', { web: 'web14', db: 'db1' }), state))
      .thenRefuses('NOTHING_TO_PUBLISH');
    given(v20)
      .when((state) => startRelease(line('1.4.1', { web: 'web2x', db: 'db1', redis: 'redis1' }), state))
      .then('ReleaseStarted');
  });

  it('leaves the largest version, and what a release without a line is compared with', () => {
    const events = published(v20, line('1.4.1', { web: 'web141', db: 'db1' }));
    expect(largestVersion(stateOf(events))?.version.label).toBe('2.0');
    expect(contentsOf(events, '1.4.1')).toEqual({ web: 'web141', db: 'db1' });
    expect(contentsOf(events, '2.0')).toEqual({ web: 'web2x', db: 'db1', redis: 'redis1' });
    expect(
      given(events)
        .when((state) => startRelease(release('2.1', { web: 'web21', db: 'db1', redis: 'redis1' }), state))
        .started(),
    ).toMatchObject({ basedOn: '2.0' });
    const next = published(events, line('1.4.2', { web: 'web142', db: 'db1' }, '1.4.1'));
    expect(contentsOf(next, '1.4.2')).toEqual({ web: 'web142', db: 'db1' });
  });

  it('is checked again at its last event, by the same rule: not taken meanwhile, smaller than the largest or not', () => {
    const id = 'release 1.4.1' as ReleaseId;
    const started = [...v20, ...eventsOf(startRelease(line('1.4.1', { web: 'web141', db: 'db1' }), stateOf(v20)))];
    const synced = [
      ...started,
      ...eventsOf(
        recordSync(id, [{ ok: true, templateComponentId: 'web#1.4' as TemplateComponentId, digest: digest('any') }], stateOf(started)),
      ),
    ];
    given(synced)
      .when((state) => finishRelease(id, state))
      .then('TemplatePublished');
    const failed = [
      ...started,
      ...eventsOf(recordSync(id, [{ ok: false, templateComponentId: 'web#1.4' as TemplateComponentId, error: 'no' }], stateOf(started))),
    ];
    given(failed)
      .when((state) => retryRelease(id, state))
      .then('ReleaseRetried');
    const overtaken = published(failed, { ...line('1.4.1', { web: 'other', db: 'db1' }), releaseId: 'another' as ReleaseId });
    given(overtaken)
      .when((state) => retryRelease(id, state))
      .thenRefuses('VERSION_NOT_LARGER');
  });
});

describe('a component that comes to two lines on its own', () => {
  it('is one component, by the source component that it was published from', () => {
    const events = published(v20, line('1.4.1', { web: 'web14', db: 'db1', redis: 'redis9' }));
    expect(identitiesOf(events, '1.4.1')['redis']).toBe(identitiesOf(events, '2.0')['redis']);
    const backport = published(v14, line('1.4.1', { web: 'web14', db: 'db1', redis: 'redis9' }));
    const both = published(backport, { ...release('2.0', { web: 'web2x', db: 'db1', redis: 'redis1' }), basedOn: requireVersion('1.4') });
    expect(identitiesOf(both, '2.0')['redis']).toBe(identitiesOf(both, '1.4.1')['redis']);
  });

  it('is one as said, and by the installed component that it is', () => {
    const source = release('1.4.1', { web: 'web14', db: 'db1', cache: 'redis9' });
    const redis = 'redis#2.0' as TemplateComponentId;
    const identities = [{ componentId: 'cache-id' as ComponentId, templateComponentId: redis }];
    const said = published(v20, { ...source, basedOn: requireVersion('1.4'), identities });
    expect(identitiesOf(said, '1.4.1')['cache']).toBe(redis);
    const installed = source.source.map((each) => (each.key === 'cache' ? { ...each, componentId: `i:${redis}` as ComponentId } : each));
    const taken = published(v20, { ...source, basedOn: requireVersion('1.4'), source: installed });
    expect(identitiesOf(taken, '1.4.1')['cache']).toBe(redis);
  });

  it('is new where only its key is the same: another source component may be anything', () => {
    const source = release('1.4.1', { web: 'web14', db: 'db1', redis: 'redis9' });
    const stranger = source.source.map((each) => (each.key === 'redis' ? { ...each, componentId: 'new' as ComponentId } : each));
    const freshIds = new Map([['new' as ComponentId, 'fresh' as TemplateComponentId]]);
    const events = published(v20, { ...source, basedOn: requireVersion('1.4'), source: stranger, freshIds });
    expect(identitiesOf(events, '1.4.1')['redis']).toBe('fresh');
  });
});

describe('the next version of a maintenance line', () => {
  const suggest = (base: string, next: string, change: 'CHANGED' | 'ADDED' | 'REMOVED' = 'CHANGED'): string =>
    suggestVersion(
      requireVersion(base),
      { components: [{ key: 'web', change, fields: [] }], appFields: [] },
      { next: requireVersion(next), largest: requireVersion('9.0') },
    ).version;

  it.each([
    ['1.4.2', 'CHANGED', '2.0', '1.4.3'],
    ['1.4.2', 'ADDED', '2.0', '1.5.0'],
    ['1.4.2', 'ADDED', '1.5.0', '1.4.3'],
    ['1.4.2', 'REMOVED', '1.4.3', '1.4.2.1'],
    ['1.4', 'CHANGED', '1.5', '1.4.1'],
    ['v1.4+b', 'CHANGED', '1.4.1', 'v1.4.0.1'],
    ['2026.08.1', 'CHANGED', '2026.08.2', '2026.08.1.1'],
    ['2.0-rc.1', 'CHANGED', '2.1', '2.0'],
    ['2.0-rc.1', 'CHANGED', '2.0-rc.2', '2.0-rc.1.1'],
  ] as const)('after %s, where something is %s and %s comes next, is %s', (base, change, next, expected) => {
    expect(suggest(base, next, change)).toBe(expected);
  });

  it('is past all versions where there is no room', () => {
    expect(suggest('1.0-rc', '1.0-rc.0')).toBe('9.1');
  });

  it('is larger than the base, free, and below the next one wherever anything is suggested there', () => {
    const label = fc
      .tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }), fc.constantFrom('', '-rc.1', '-rc.2'))
      .map(([numbers, pre]) => numbers.join('.') + pre);
    fc.assert(
      fc.property(label, label, fc.constantFrom('CHANGED', 'ADDED', 'REMOVED'), (base, next, change) => {
        fc.pre(compareVersions(requireVersion(base), requireVersion(next)) < 0);
        const found = requireVersion(suggest(base, next, change));
        expect(compareVersions(found, requireVersion(base))).toBe(1);
        if (found.label !== '9.1') expect(compareVersions(found, requireVersion(next))).toBe(-1);
      }),
    );
  });
});
