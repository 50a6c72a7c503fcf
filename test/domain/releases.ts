import { expect } from 'vitest';
import type { Decision } from '../../src/domain/decision.js';
import type { AppId, ComponentId, Digest, ReleaseId, TemplateComponentId, TemplateId } from '../../src/domain/ids.js';
import { createTemplate, finishRelease, recordSync, startRelease, type StartRelease } from '../../src/domain/template/decide.js';
import { evolveTemplate } from '../../src/domain/template/evolve.js';
import type { TemplateEvent } from '../../src/domain/template/events.js';
import type { TemplateState } from '../../src/domain/template/state.js';
import { requireVersionRange } from '../../src/domain/version-range.js';
import { requireVersion } from '../../src/domain/version.js';

const templateId = 't' as TemplateId;
const sourceAppId = 'app' as AppId;
export const digest = (content: string): Digest => content.padEnd(64, '0') as Digest;

type More = Partial<Omit<StartRelease, 'basedOn' | 'upgradeFrom' | 'components'>> & {
  readonly basedOn?: string;
  readonly upgradeFrom?: string;
  /** Keys of the components that are taken. */
  readonly only?: readonly string[];
  readonly needs?: Readonly<Record<string, readonly string[]>>;
};

/** A release of components, given as key to content; the source component of a key is `<key>-id`. */
export function release(version: string, components: Readonly<Record<string, string>>, more: More = {}): StartRelease {
  const { basedOn, upgradeFrom, only, needs = {}, ...rest } = more;
  const source = Object.entries(components).map(([key, content]) => ({
    componentId: `${key}-id` as ComponentId,
    key,
    digest: digest(content),
    needs: needs[key] ?? [],
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
    ...(basedOn !== undefined && { basedOn: requireVersion(basedOn) }),
    ...(upgradeFrom !== undefined && { upgradeFrom: requireVersionRange(upgradeFrom, 'upgradeFrom') }),
    ...(only && { components: new Set(only.map((key) => `${key}-id` as ComponentId)) }),
    ...rest,
  };
}

export function eventsOf(decision: Decision<TemplateEvent>): readonly TemplateEvent[] {
  if (!decision.accepted) throw decision.refusal;
  return decision.events;
}

export const created = (command: StartRelease): readonly TemplateEvent[] =>
  eventsOf(createTemplate({ ...command, name: 'shop', team: 'team' }));

/** The events of a release from its start to its publishing. */
export function published(before: readonly TemplateEvent[], command: StartRelease): readonly TemplateEvent[] {
  const started = before.length === 0 ? created(command) : [...before, ...eventsOf(startRelease(command, stateOf(before)))];
  const results = [...(stateOf(started).releases.get(command.releaseId)?.pending ?? [])].map((templateComponentId) => ({
    ok: true as const,
    templateComponentId,
    digest: digest('any'),
  }));
  const synced = [...started, ...eventsOf(recordSync(command.releaseId, results, stateOf(started)))];
  return [...synced, ...eventsOf(finishRelease(command.releaseId, stateOf(synced)))];
}

export function stateOf(events: readonly TemplateEvent[]): TemplateState {
  const state = evolveTemplate(undefined, events);
  if (!state) throw new Error('no template');
  return state;
}

/** Given events, when a command is decided, then these events or this refusal. */
export const given = (events: readonly TemplateEvent[]) => ({
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
