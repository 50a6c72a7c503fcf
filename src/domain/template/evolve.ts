import type { ReleaseId, TemplateComponentId } from '../ids.js';
import { requireVersionRange } from '../version-range.js';
import { requireVersion, versionSortKey } from '../version.js';
import type { TemplateEvent } from './events.js';
import type { Release, TemplateState, VersionMark } from './state.js';

/** Of templates that nobody said it of. */
export const DEFAULT_VISIBILITY = 'TEAM';

type Draft = Omit<TemplateState, 'versions' | 'releases' | 'visibility'> & {
  visibility: TemplateState['visibility'];
  versions: Map<string, Release>;
  releases: Map<ReleaseId, Release>;
};

/** Folds events over a state; the state given is left as it is, its maps are copied once for all events. */
export function evolveTemplate(state: TemplateState | undefined, events: readonly TemplateEvent[]): TemplateState | undefined {
  let draft: Draft | undefined = state && { ...state, versions: new Map(state.versions), releases: new Map(state.releases) };
  for (const event of events) {
    if (event.type === 'TemplateUnchanged' || event.type === 'NameLost') continue;
    if (event.type === 'TemplateCreated')
      draft = { ...event.data, visibility: event.data.visibility ?? DEFAULT_VISIBILITY, versions: new Map(), releases: new Map() };
    else if (draft) change(draft, event);
    else throw new Error(`${event.type} in the stream of a template that is not there`);
  }
  return draft;
}

type ReleaseStarted = Extract<TemplateEvent, { type: 'ReleaseStarted' }>;
type VersionEvent = Extract<TemplateEvent, { type: 'VersionDeprecated' | 'VersionWithdrawn' | 'VersionRestored' }>;
type Change = Exclude<TemplateEvent, { type: 'TemplateCreated' | 'TemplateUnchanged' | 'NameLost' }>;
type Progress = Exclude<Change, ReleaseStarted | VersionEvent | { type: 'TemplateChanged' }>;

function change(draft: Draft, event: Change): void {
  switch (event.type) {
    case 'ReleaseStarted':
      return start(draft, event.data);
    case 'ComponentSynced':
    case 'ComponentSyncFailed':
    case 'ReleaseRetried':
    case 'ReleaseCancelled':
    case 'TemplatePublished':
      return advance(draft, event);
    case 'TemplateChanged':
      draft.visibility = event.data.visibility ?? draft.visibility;
      return;
    case 'VersionDeprecated':
      return mark(draft, event.data.version, { state: 'deprecated', reason: event.data.reason });
    case 'VersionWithdrawn':
      return mark(draft, event.data.version, { state: 'withdrawn', reason: event.data.reason });
    case 'VersionRestored':
      return mark(draft, event.data.version, undefined);
  }
}

function start(draft: Draft, data: ReleaseStarted['data']): void {
  const { releaseId, version: label, basedOn, line = false, upgradeFrom, difference, sourceAppId, notes, toSync } = data;
  const version = requireVersion(label);
  draft.releases.set(releaseId, {
    releaseId,
    version,
    basedOn: basedOn === null ? undefined : draft.versions.get(versionSortKey(requireVersion(basedOn))),
    line,
    upgradeFrom: upgradeFrom === undefined ? undefined : requireVersionRange(upgradeFrom, 'upgradeFrom'),
    difference,
    sourceAppId,
    notes,
    status: 'syncing',
    pending: new Set(toSync),
    failed: new Set(),
    manifest: undefined,
    mark: undefined,
  });
}

function advance(draft: Draft, event: Progress): void {
  const release = draft.releases.get(event.data.releaseId);
  if (!release) throw new Error(`${event.type} of a release that never started`);
  const next = progress(release, event);
  draft.releases.set(release.releaseId, next);
  if (next.status === 'published') draft.versions.set(versionSortKey(next.version), next);
}

function mark(draft: Draft, label: string, said: VersionMark | undefined): void {
  const key = versionSortKey(requireVersion(label));
  const release = draft.versions.get(key);
  if (!release) throw new Error(`version ${label} was marked and never published`);
  const next = { ...release, mark: said };
  draft.versions.set(key, next);
  draft.releases.set(next.releaseId, next);
}

function progress(release: Release, event: Progress): Release {
  switch (event.type) {
    case 'ComponentSynced':
      return checked(release, event.data.templateComponentId, release.failed);
    case 'ComponentSyncFailed':
      return checked(release, event.data.templateComponentId, new Set(release.failed).add(event.data.templateComponentId));
    case 'ReleaseRetried':
      return { ...release, pending: release.failed, failed: new Set(), status: 'syncing' };
    case 'ReleaseCancelled':
      return { ...release, status: 'cancelled' };
    case 'TemplatePublished':
      return { ...release, status: 'published', manifest: event.data.manifest };
  }
}

/** One more component is checked. After the last one the release has failed where any did. */
function checked(release: Release, id: TemplateComponentId, failed: Release['failed']): Release {
  const pending = without(release.pending, id);
  return { ...release, pending, failed, status: pending.size === 0 && failed.size > 0 ? 'failed' : release.status };
}

function without(set: ReadonlySet<TemplateComponentId>, id: TemplateComponentId): ReadonlySet<TemplateComponentId> {
  const rest = new Set(set);
  rest.delete(id);
  return rest;
}
