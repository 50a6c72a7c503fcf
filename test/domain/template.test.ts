import { describe, expect, it } from 'vitest';
import type { ComponentId, ReleaseId, TemplateComponentId } from '../../src/domain/ids.js';
import { cancelRelease, finishRelease, recordSync, retryRelease, startRelease } from '../../src/domain/template/decide.js';
import { created, digest, eventsOf, given, published, release, stateOf } from './releases.js';

const first = published([], release('1.1', { web: 'web1', db: 'db1' }));

describe('publishing', () => {
  it('refuses a version that equals the latest in another spelling, or is smaller', () => {
    for (const version of ['1.1.0', 'v1.1', '1.0', '1.1-rc']) {
      given(first)
        .when((state) => startRelease(release(version, { web: 'web2' }), state))
        .thenRefuses('VERSION_NOT_LARGER');
    }
  });

  it('refuses what is as it was published', () => {
    given(first)
      .when((state) => startRelease(release('1.2', { web: 'web1', db: 'db1' }), state))
      .thenRefuses('NOTHING_TO_PUBLISH');
  });

  it('refuses a second release while one runs', () => {
    const running = [...first, ...eventsOf(startRelease(release('1.2', { web: 'web2' }), stateOf(first)))];
    given(running)
      .when((state) => startRelease(release('1.3', { web: 'web3' }), state))
      .thenRefuses('RELEASE_RUNNING');
  });

  it('names only what changed, and keeps identities across versions', () => {
    const data = given(first)
      .when((state) => startRelease(release('1.2', { web: 'web2', redis: 'redis1' }), state))
      .started();
    expect(data?.basedOn).toBe('1.1');
    expect(data?.difference.set.map((entry) => entry.templateComponentId)).toEqual(['web#1.1', 'redis#1.2']);
    expect(data?.difference.removed).toEqual(['db#1.1']);
    expect(data?.toSync).toEqual(['web#1.1', 'redis#1.2']);
  });

  it('knows a component by the source component it came from when its key changes, by key when it was made anew', () => {
    const renamed = release('1.2', { web: 'web1', database: 'db2' });
    const source = renamed.source.map((component) =>
      component.key === 'database' ? { ...component, componentId: 'db-id' as ComponentId } : component,
    );
    const byId = given(first).when((state) => startRelease({ ...renamed, source }, state));
    expect(byId.started()?.difference).toMatchObject({ set: [{ templateComponentId: 'db#1.1', key: 'database' }], removed: [] });
    const anew = release('1.2', { web: 'web2', db: 'db1' });
    const strangers = anew.source.map((component) => ({ ...component, componentId: `new-${component.key}` as ComponentId }));
    const byKey = given(first).when((state) => startRelease({ ...anew, source: strangers, freshIds: new Map() }, state));
    expect(byKey.started()?.difference.set.map(({ templateComponentId }) => templateComponentId)).toEqual(['web#1.1', 'db#1.1']);
  });

  it('follows identities that are said, and refuses those of what is not there', () => {
    const command = release('1.2', { web: 'web1', cache: 'cache1' });
    const identity = { componentId: 'cache-id' as ComponentId, templateComponentId: 'db#1.1' as TemplateComponentId };
    const said = given(first).when((state) => startRelease({ ...command, identities: [identity] }, state));
    expect(said.started()?.difference).toMatchObject({ set: [{ templateComponentId: 'db#1.1', key: 'cache' }], removed: [] });
    const wrong = { ...identity, templateComponentId: 'nope' as TemplateComponentId };
    expect(() => startRelease({ ...command, identities: [wrong] }, stateOf(first))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });
});

describe('a release', () => {
  const started = created(release('1.0', { web: 'web1', db: 'db1' }));
  const id = 'release 1.0' as ReleaseId;
  const web = 'web#1.0' as TemplateComponentId;
  const db = 'db#1.0' as TemplateComponentId;
  const failed = [
    ...started,
    ...eventsOf(
      recordSync(
        id,
        [
          { ok: true, templateComponentId: web, digest: digest('web1') },
          { ok: false, templateComponentId: db, error: 'no' },
        ],
        stateOf(started),
      ),
    ),
  ];

  it('is published only once all its components are synced', () => {
    given(started)
      .when((state) => finishRelease(id, state))
      .then();
    given(failed)
      .when((state) => finishRelease(id, state))
      .then();
    expect(stateOf(failed).releases.get(id)?.status).toBe('failed');
  });

  it('has failed where any component did, though the one checked last is fine', () => {
    const results = [
      { ok: false, templateComponentId: web, error: 'no' },
      { ok: true, templateComponentId: db, digest: digest('db1') },
    ] as const;
    const checked = [...started, ...eventsOf(recordSync(id, results, stateOf(started)))];
    expect(stateOf(checked).releases.get(id)?.status).toBe('failed');
    given(checked)
      .when((state) => retryRelease(id, state))
      .then('ReleaseRetried');
  });

  it('takes in each result once', () => {
    given(failed)
      .when((state) => recordSync(id, [{ ok: true, templateComponentId: web, digest: digest('web1') }], state))
      .then();
  });

  it('that failed is retried for its failed components alone', () => {
    const retried = [...failed, ...eventsOf(retryRelease(id, stateOf(failed)))];
    expect([...(stateOf(retried).releases.get(id)?.pending ?? [])]).toEqual([db]);
  });

  it('that failed can no longer be retried once a larger version is published', () => {
    const overtaken = published(failed, release('1.5', { web: 'web9' }));
    given(overtaken)
      .when((state) => retryRelease(id, state))
      .thenRefuses('VERSION_NOT_LARGER');
  });

  it('can be cancelled until it is published', () => {
    given(failed)
      .when((state) => cancelRelease(id, state))
      .then('ReleaseCancelled');
    given(first)
      .when((state) => cancelRelease('release 1.1' as ReleaseId, state))
      .thenRefuses('BAD_USER_INPUT');
  });
});
