import { accept, refuse, type Decision } from '../decision.js';
import type { AppId, ComponentId, Digest, ReleaseId, TemplateComponentId, TemplateId } from '../ids.js';
import { jsonEqual } from '../json.js';
import { compareVersions, type Version } from '../version.js';
import type { TemplateEvent } from './events.js';
import { manifestDigest, type Manifest, type ManifestEntry } from './manifest.js';
import { matchComponents, type Identity, type SourceComponent } from './match.js';
import { largestVersion, manifestOf, runningRelease, type ManifestDifference, type Release, type TemplateState } from './state.js';

export interface StartRelease {
  readonly templateId: TemplateId;
  readonly releaseId: ReleaseId;
  readonly version: Version;
  readonly alias?: string | undefined;
  readonly notes?: string | undefined;
  readonly sourceAppId: AppId;
  readonly sourceRevision: number;
  readonly source: readonly SourceComponent[];
  /** Digest of the app-level content. */
  readonly content: Digest;
  readonly identities: readonly Identity[];
  /** An identity for each source component, used where it is new. */
  readonly freshIds: ReadonlyMap<ComponentId, TemplateComponentId>;
}

/** A new template starts with its creation and its first release at once. */
export function createTemplate(command: StartRelease & { readonly name: string; readonly team: string }): Decision<TemplateEvent> {
  const { templateId, name, team, sourceAppId } = command;
  const created: TemplateEvent = { type: 'TemplateCreated', data: { templateId, name, team, sourceAppId } };
  if (command.source.length === 0) return refuseEmpty();
  return accept([created, releaseStarted(command, undefined, undefined)]);
}

export function startRelease(command: StartRelease, state: TemplateState): Decision<TemplateEvent> {
  const running = runningRelease(state);
  if (running) {
    const { releaseId, version } = running;
    return refuse('RELEASE_RUNNING', `release ${version.label} of "${state.name}" is still running: wait for it or cancel it`, {
      releaseId,
    });
  }
  if (command.source.length === 0) return refuseEmpty();
  const base = largestVersion(state);
  const refusal = refuseSmaller(command.version, base);
  if (refusal) return refusal;
  const before = base && manifestOf(base);
  const started = releaseStarted(command, base, before);
  if (base && before && !hasNews(started.data.difference, before)) {
    const { label } = base.version;
    return refuse('NOTHING_TO_PUBLISH', `the app is as published in version ${label}: change something first`, { version: label });
  }
  return accept([started]);
}

/** Whether the content differs; that a component is now published from another source component is no news. */
function hasNews({ set, removed, content }: ManifestDifference, before: Manifest): boolean {
  return removed.length > 0 || content !== before.content || set.some((entry) => isNews(entry, before));
}

function isNews({ templateComponentId, digest }: ManifestEntry, before: Manifest | undefined): boolean {
  return before?.components.get(templateComponentId)?.digest !== digest;
}

function refuseEmpty(): ReturnType<typeof refuse> {
  return refuse('NOTHING_TO_PUBLISH', 'the app has no components: add one, or import a Compose project');
}

function refuseSmaller(version: Version, than: Release | undefined): ReturnType<typeof refuse> | undefined {
  if (!than || compareVersions(version, than.version) > 0) return undefined;
  return refuse('VERSION_NOT_LARGER', `version ${version.label} is not larger than ${than.version.label}: choose a larger one`, {
    version: version.label,
    than: than.version.label,
  });
}

function releaseStarted(
  command: StartRelease,
  base: Release | undefined,
  before: Manifest | undefined,
): Extract<TemplateEvent, { type: 'ReleaseStarted' }> {
  const { templateId, releaseId, version, alias, notes, sourceAppId, sourceRevision } = command;
  const difference = differenceTo(before, command);
  const toSync = difference.set.filter((entry) => isNews(entry, before));
  return {
    type: 'ReleaseStarted',
    data: {
      templateId,
      releaseId,
      version: version.label,
      basedOn: base?.version.label ?? null,
      ...(alias !== undefined && { alias }),
      ...(notes !== undefined && { notes }),
      sourceAppId,
      sourceRevision,
      difference,
      toSync: toSync.map(({ templateComponentId }) => templateComponentId),
    },
  };
}

/** How the source, published now, would differ from the manifest given. */
export function differenceTo(
  before: Manifest | undefined,
  command: Pick<StartRelease, 'source' | 'content' | 'identities' | 'freshIds'>,
): ManifestDifference {
  const base = [...(before?.components.values() ?? [])];
  const matches = matchComponents(command.source, base, command.identities);
  const entries = matches.map(({ source, entry }): ManifestEntry => {
    const templateComponentId = entry?.templateComponentId ?? command.freshIds.get(source.componentId);
    if (!templateComponentId) throw new Error(`no identity for the new component ${source.key}`);
    return { templateComponentId, key: source.key, digest: source.digest, needs: source.needs, sourceComponentId: source.componentId };
  });
  const present = new Set(entries.map(({ templateComponentId }) => templateComponentId));
  const isSame = (entry: ManifestEntry): boolean => jsonEqual({ ...entry }, { ...before?.components.get(entry.templateComponentId) });
  return {
    set: entries.filter((entry) => !isSame(entry)).map((entry) => ({ ...entry, needs: [...entry.needs] })),
    removed: base.filter((entry) => !present.has(entry.templateComponentId)).map(({ templateComponentId }) => templateComponentId),
    content: command.content,
  };
}

export type SyncResult = { readonly templateComponentId: TemplateComponentId } & (
  { readonly ok: true; readonly digest: Digest } | { readonly ok: false; readonly error: string }
);

/** Takes in what was checked; results for components that are no longer waited for change nothing. */
export function recordSync(releaseId: ReleaseId, results: readonly SyncResult[], state: TemplateState): Decision<TemplateEvent> {
  const release = state.releases.get(releaseId);
  if (release?.status !== 'syncing') return accept([]);
  const { templateId } = state;
  const awaited = results.filter(({ templateComponentId }) => release.pending.has(templateComponentId));
  return accept(
    awaited.map((result): TemplateEvent => {
      const { templateComponentId } = result;
      return result.ok
        ? { type: 'ComponentSynced', data: { templateId, releaseId, templateComponentId, digest: result.digest } }
        : { type: 'ComponentSyncFailed', data: { templateId, releaseId, templateComponentId, error: result.error } };
    }),
  );
}

/** Publishes a release all of whose components are synced. The version is checked once more, against what was published meanwhile. */
export function finishRelease(releaseId: ReleaseId, state: TemplateState): Decision<TemplateEvent> {
  const release = state.releases.get(releaseId);
  if (release?.status !== 'syncing' || release.pending.size > 0 || release.failed.size > 0) return accept([]);
  const refusal = refuseSmaller(release.version, largestVersion(state));
  if (refusal) return refusal;
  const { templateId } = state;
  const manifest = manifestDigest(manifestOf(release));
  return accept([{ type: 'TemplatePublished', data: { templateId, releaseId, version: release.version.label, manifest } }]);
}

export function retryRelease(releaseId: ReleaseId, state: TemplateState): Decision<TemplateEvent> {
  const release = state.releases.get(releaseId);
  if (!release) return refuse('NOT_FOUND', `"${state.name}" has no release ${releaseId}`, { releaseId });
  if (release.status === 'syncing') return accept([]);
  if (release.status !== 'failed') {
    return refuse('BAD_USER_INPUT', `release ${release.version.label} is ${release.status}: only a failed one can be retried`, {
      releaseId,
    });
  }
  const running = runningRelease(state);
  if (running) {
    return refuse('RELEASE_RUNNING', `release ${running.version.label} is running: wait for it or cancel it`, {
      releaseId: running.releaseId,
    });
  }
  const refusal = refuseSmaller(release.version, largestVersion(state));
  return refusal ?? accept([{ type: 'ReleaseRetried', data: { templateId: state.templateId, releaseId } }]);
}

export function cancelRelease(releaseId: ReleaseId, state: TemplateState): Decision<TemplateEvent> {
  const release = state.releases.get(releaseId);
  if (!release) return refuse('NOT_FOUND', `"${state.name}" has no release ${releaseId}`, { releaseId });
  if (release.status === 'cancelled') return accept([]);
  if (release.status === 'published') {
    return refuse('BAD_USER_INPUT', `version ${release.version.label} is published: a published version never changes`, { releaseId });
  }
  return accept([{ type: 'ReleaseCancelled', data: { templateId: state.templateId, releaseId } }]);
}
