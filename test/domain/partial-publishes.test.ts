import { describe, expect, it } from 'vitest';
import { startRelease } from '../../src/domain/template/decide.js';
import { largestVersion, manifestOf } from '../../src/domain/template/state.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import type { ComponentId } from '../../src/domain/ids.js';
import { created, digest, given, published, release, stateOf } from './releases.js';

const first = published([], release('1.0', { web: 'web1', db: 'db1', mail: 'mail1' }));
const latest = (events: readonly TemplateEvent[]): Record<string, string> => {
  const release_ = largestVersion(stateOf(events));
  if (!release_) throw new Error('nothing is published');
  return Object.fromEntries([...manifestOf(release_).components.values()].map(({ key, digest: of }) => [key, of.replace(/0+$/, '')]));
};

describe('publishing only some components', () => {
  it('takes these from the app: what changed besides stays, what is new besides is left out, what is gone stays', () => {
    const events = published(first, release('1.1', { web: 'web2', db: 'db2', redis: 'redis1' }, { only: ['web'] }));
    expect(latest(events)).toEqual({ web: 'web2', db: 'db1', mail: 'mail1' });
  });

  it('takes one that is new', () => {
    const events = published(first, release('1.1', { web: 'web2', db: 'db2', redis: 'redis1' }, { only: ['redis'] }));
    expect(latest(events)).toEqual({ web: 'web1', db: 'db1', mail: 'mail1', redis: 'redis1' });
  });

  it('leaves the rest to a later publish', () => {
    const app = { web: 'web2', db: 'db2', redis: 'redis1' };
    const partly = published(first, release('1.1', app, { only: ['web'] }));
    expect(latest(published(partly, release('1.2', app)))).toEqual(app);
  });

  it('takes the app-level content only where there was none before', () => {
    const content = digest('other');
    const before = largestVersion(stateOf(first));
    const partly = published(first, release('1.1', { web: 'web2', db: 'db1', mail: 'mail1' }, { only: ['web'], content }));
    const contentOf = (events: readonly TemplateEvent[]): string | undefined => largestVersion(stateOf(events))?.difference.content;
    expect(contentOf(partly)).toBe(before?.difference.content);
    expect(contentOf(published(partly, release('1.2', { web: 'web2', db: 'db1', mail: 'mail1' }, { content })))).toBe(content);
    expect(contentOf(published([], release('1.0', { web: 'web1', db: 'db1' }, { only: ['web'], content })))).toBe(content);
  });

  it('makes a first version of these alone', () => {
    expect(latest(published([], release('1.0', { web: 'web1', db: 'db1' }, { only: ['web'] })))).toEqual({ web: 'web1' });
  });

  it('has nothing to publish where they are as before, or where there are none', () => {
    for (const only of [['db'], []]) {
      given(first)
        .when((state) => startRelease(release('1.1', { web: 'web2', db: 'db1', mail: 'mail1' }, { only }), state))
        .thenRefuses('NOTHING_TO_PUBLISH');
    }
    expect(() => created(release('1.0', { web: 'web1' }, { only: [] }))).toThrow(expect.objectContaining({ code: 'NOTHING_TO_PUBLISH' }));
  });

  it('refuses what the app does not have', () => {
    expect(() => startRelease(release('1.1', { web: 'web2' }, { only: ['nope'] }), stateOf(first))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { path: 'components', componentId: 'nope-id' } }),
    );
  });

  it('refuses a key that two components of the version would have', () => {
    // In the app "db" is now named "web", and "web" is "site".
    const renamed = release('1.1', { site: 'web1', web: 'db2', mail: 'mail1' }, { only: ['web'] });
    const ids: Readonly<Record<string, string>> = { site: 'web-id', web: 'db-id', mail: 'mail-id' };
    const source = renamed.source.map((each) => ({ ...each, componentId: ids[each.key] as ComponentId }));
    const components = new Set(['db-id' as ComponentId]);
    expect(startRelease({ ...renamed, source, components }, stateOf(first))).toMatchObject({
      accepted: false,
      refusal: { code: 'KEY_TAKEN', details: { keys: ['web'] } },
    });
  });
});

describe('a version with a dependency on what it does not have', () => {
  const needs = { web: ['db', 'redis'] };

  it('is refused, with all that is missing', () => {
    expect(startRelease(release('1.1', { web: 'web2', mail: 'mail1' }, { needs }), stateOf(first))).toMatchObject({
      accepted: false,
      refusal: {
        code: 'DEPENDENCY_MISSING',
        details: {
          missing: [
            { component: 'web', need: 'db' },
            { component: 'web', need: 'redis' },
          ],
        },
      },
    });
    expect(() => created(release('1.0', { web: 'web1' }, { needs }))).toThrow(expect.objectContaining({ code: 'DEPENDENCY_MISSING' }));
  });

  it('is refused where a chosen component needs one that is not chosen, and is published with it', () => {
    const app = { web: 'web2', db: 'db1', mail: 'mail1', redis: 'redis1' };
    given(first)
      .when((state) => startRelease(release('1.1', app, { needs, only: ['web'] }), state))
      .thenRefuses('DEPENDENCY_MISSING');
    given(first)
      .when((state) => startRelease(release('1.1', app, { needs, only: ['web', 'redis'] }), state))
      .then('ReleaseStarted');
  });

  it('is refused where one that is carried over needs what a chosen one is no more', () => {
    const before = published([], release('1.0', { web: 'web1', db: 'db1' }, { needs: { web: ['db'] } }));
    const renamed = release('1.1', { web: 'web2', database: 'db2' });
    const source = renamed.source.map((each) => (each.key === 'database' ? { ...each, componentId: 'db-id' as ComponentId } : each));
    const components = new Set(['db-id' as ComponentId]);
    expect(startRelease({ ...renamed, source, components }, stateOf(before))).toMatchObject({
      accepted: false,
      refusal: { code: 'DEPENDENCY_MISSING', details: { missing: [{ component: 'web', need: 'db' }] } },
    });
  });
});
