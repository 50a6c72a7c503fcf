import { accept, refuse, type Decision } from '../decision.js';
import type { Version } from '../version.js';
import type { TemplateEvent } from './events.js';
import { findVersion, type Release, type TemplateState, type VersionMark } from './state.js';

export interface ChangeVersionState {
  /** In any spelling. */
  readonly version: Version;
  readonly reason?: string | undefined;
}

type VersionEvent = Extract<TemplateEvent, { type: 'VersionDeprecated' | 'VersionWithdrawn' | 'VersionRestored' }>;
type DecideVersionState = (command: ChangeVersionState, state: TemplateState) => Decision<TemplateEvent>;

/** The version stays offered, with a warning. A withdrawn one is to be restored first: to deprecate it would offer it again unasked. */
export const deprecateVersion: DecideVersionState = (command, state) => {
  const release = findVersion(state, command.version);
  if (!release) return refuseUnknown(command, state);
  if (release.mark?.state === 'withdrawn') {
    const { label: version } = release.version;
    return refuse('VERSION_WITHDRAWN', `version ${version} is withdrawn: restore it first to have it offered as deprecated`, { version });
  }
  if (isMarked(release, 'deprecated', command.reason)) return accept([]);
  return accept([about(release, 'VersionDeprecated', command, state)]);
};

/** The version is offered no longer. Its content stays: what is installed of it can be read, compared and upgraded from. */
export const withdrawVersion: DecideVersionState = (command, state) => {
  const release = findVersion(state, command.version);
  if (!release) return refuseUnknown(command, state);
  if (isMarked(release, 'withdrawn', command.reason)) return accept([]);
  return accept([about(release, 'VersionWithdrawn', command, state)]);
};

/** The version is offered again, without a warning. */
export const restoreVersion: DecideVersionState = (command, state) => {
  const release = findVersion(state, command.version);
  if (!release) return refuseUnknown(command, state);
  return accept(release.mark ? [about(release, 'VersionRestored', command, state)] : []);
};

/** Whether there is nothing to say: without a reason of its own, a command leaves the one that is there. */
function isMarked({ mark }: Release, state: VersionMark['state'], reason: string | undefined): boolean {
  return mark?.state === state && (reason === undefined || reason === mark.reason);
}

function about(
  { version }: Release,
  type: VersionEvent['type'],
  { reason }: ChangeVersionState,
  { templateId }: TemplateState,
): VersionEvent {
  return { type, data: { templateId, version: version.label, ...(reason !== undefined && { reason }) } };
}

function refuseUnknown({ version: { label } }: ChangeVersionState, { name, templateId }: TemplateState): ReturnType<typeof refuse> {
  return refuse('NOT_FOUND', `template "${name}" has no published version ${label}`, { templateId, version: label });
}
