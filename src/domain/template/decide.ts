import { accept, refuse, type Decision } from '../decision.js';
import type { AppId, Digest, ReleaseId, TemplateComponentId, TemplateId } from '../ids.js';
import type { VersionRange } from '../version-range.js';
import type { Version } from '../version.js';
import { differenceTo, type Publishing } from './difference.js';
import type { TemplateEvent, Visibility } from './events.js';
import { baseOf, knownIdentities, refuseVersion } from './lines.js';
import { manifestDigest, type Manifest, type ManifestEntry } from './manifest.js';
import { manifestOf, runningRelease, withDifference, type ManifestDifference, type Release, type TemplateState } from './state.js';
import { refuseBroken } from './whole.js';

export interface StartRelease extends Publishing {
  readonly templateId: TemplateId;
  readonly releaseId: ReleaseId;
  readonly version: Version;
  /** The version that the release is based on, for a maintenance line; otherwise it is the largest. */
  readonly basedOn?: Version | undefined;
  readonly upgradeFrom?: VersionRange | undefined;
  readonly alias?: string | undefined;
  readonly notes?: string | undefined;
  readonly sourceAppId: AppId;
  readonly sourceRevision: number;
}

/** A new template starts with its creation and its first release at once. */
export function createTemplate(
  command: StartRelease & { readonly name: string; readonly team: string; readonly visibility?: Visibility | undefined },
): Decision<TemplateEvent> {
  const { templateId, name, team, sourceAppId, visibility } = command;
  const data = { templateId, name, team, sourceAppId, ...(visibility && { visibility }) };
  const created: TemplateEvent = { type: 'TemplateCreated', data };
  if (command.basedOn) {
    return refuse('BAD_USER_INPUT', 'basedOn: a new template has no version to be based on: leave it out', { path: 'basedOn' });
  }
  const started = releaseStarted(command, undefined, undefined);
  const manifest = withDifference(undefined, started.data.difference);
  if (manifest.components.size === 0) return refuseEmpty();
  return refuseBroken(manifest) ?? accept([created, started]);
}

/** Says who reads the template beside its team. */
export function changeVisibility(visibility: Visibility, state: TemplateState): Decision<TemplateEvent> {
  if (state.visibility === visibility) return accept([]);
  return accept([{ type: 'TemplateChanged', data: { templateId: state.templateId, visibility } }]);
}

export function startRelease(command: StartRelease, state: TemplateState): Decision<TemplateEvent> {
  const running = runningRelease(state);
  if (running) {
    const { releaseId, version } = running;
    return refuse('RELEASE_RUNNING', `release ${version.label} of "${state.name}" is still running: wait for it or cancel it`, {
      releaseId,
    });
  }
  const base = baseOf(state, command.basedOn);
  const refusal = refuseVersion(command.version, { basedOn: base, line: command.basedOn !== undefined }, state);
  if (refusal) return refusal;
  const before = base && manifestOf(base);
  const started = releaseStarted({ ...command, known: knownIdentities(state) }, base, before);
  const manifest = withDifference(before, started.data.difference);
  if (manifest.components.size === 0) return refuseEmpty();
  if (base && before && !hasNews(started.data.difference, before)) {
    const { label } = base.version;
    const what = command.components ? 'the chosen components are' : 'the app is';
    return refuse('NOTHING_TO_PUBLISH', `${what} as published in version ${label}: change something first`, { version: label });
  }
  return refuseBroken(manifest) ?? accept([started]);
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

function releaseStarted(
  command: StartRelease,
  base: Release | undefined,
  before: Manifest | undefined,
): Extract<TemplateEvent, { type: 'ReleaseStarted' }> {
  const { templateId, releaseId, version, upgradeFrom, alias, notes, sourceAppId, sourceRevision } = command;
  const difference = differenceTo(before, command);
  const toSync = difference.set.filter((entry) => isNews(entry, before));
  return {
    type: 'ReleaseStarted',
    data: {
      templateId,
      releaseId,
      version: version.label,
      basedOn: base?.version.label ?? null,
      ...(command.basedOn && { line: true }),
      ...(upgradeFrom && { upgradeFrom: upgradeFrom.label }),
      ...(alias !== undefined && { alias }),
      ...(notes !== undefined && { notes }),
      sourceAppId,
      sourceRevision,
      difference,
      toSync: toSync.map(({ templateComponentId }) => templateComponentId),
    },
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
  const refusal = refuseVersion(release.version, release, state);
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
  const refusal = refuseVersion(release.version, release, state);
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
