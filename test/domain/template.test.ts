import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.js';
import type { AppId, ComponentId, Digest, ReleaseId, TemplateComponentId, TemplateId } from '../../src/domain/ids.js';
import {
  cancelRelease,
  createTemplate,
  finishRelease,
  recordSync,
  retryRelease,
  startRelease,
  type StartRelease,
} from '../../src/domain/template/decide.js';
import { evolveTemplate } from '../../src/domain/template/evolve.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import type { TemplateState } from '../../src/domain/template/state.js';
import { requireVersion } from '../../src/domain/version.js';

const templateId = 't' as TemplateId;
const sourceAppId = 'app' as AppId;
const digest = (content: string): Digest => content.padEnd(64, '0') as Digest;

/** A release of components, given as key to content. */
function release(version: string, components: Readonly<Record<string, string>>): StartRelease {
  const source = Object.entries(components).map(([key, content]) => ({
    componentId: `${key}-id` as ComponentId,
    key,
    digest: digest(content),
    needs: [],
  }));
  return {
    templateId,
    releaseId: `release ${version}` as ReleaseId,
    version: requireVersion(version),
    sourceAppId,
    sourceRevision: 1,
    source,
    content: digest('app'),
    identities: [],
    freshIds: new Map(source.map(({ componentId, key }) => [componentId, `${key}#${version}` as TemplateComponentId])),
  };
}

function eventsOf(decision: Decision<TemplateEvent>): readonly TemplateEvent[] {
  if (!decision.accepted) throw decision.refusal;
  return decision.events;
}

const created = (command: StartRelease): readonly TemplateEvent[] => eventsOf(createTemplate({ ...command, name: 'shop', team: 'team' }));

/** The events of a release from its start to its publishing. */
function published(before: readonly TemplateEvent[], command: StartRelease): readonly TemplateEvent[] {
  const started = before.length === 0 ? created(command) : [...before, ...eventsOf(startRelease(command, stateOf(before)))];
  const results = [...(stateOf(started).releases.get(command.releaseId)?.pending ?? [])].map((templateComponentId) => ({
    ok: true as const,
    templateComponentId,
    digest: digest('any'),
  }));
  const synced = [...started, ...eventsOf(recordSync(command.releaseId, results, stateOf(started)))];
  return [...synced, ...eventsOf(finishRelease(command.releaseId, stateOf(synced)))];
}

function stateOf(events: readonly TemplateEvent[]): TemplateState {
  const state = evolveTemplate(undefined, events);
  if (!state) throw new Error('no template');
  return state;
}

/** Given events, when a command is decided, then these events or this refusal. */
const given = (events: readonly TemplateEvent[]) => ({
  when: (decide: (state: TemplateState) => Decision<TemplateEvent>) => {
    const decision = decide(stateOf(events));
    return {
      then: (...types: readonly TemplateEvent['type'][]) => expect(eventsOf(decision).map(({ type }) => type)).toEqual(types),
      thenRefuses: (code: string) => expect(decision).toMatchObject({ accepted: false, refusal: { code } }),
      started: () => {
        const [event] = eventsOf(decision);
        return event?.type === 'ReleaseStarted' ? event.data : undefined;
      },
    };
  },
});

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
