import { refuse } from '../decision.js';
import { Refusal } from '../errors.js';
import type { ComponentId, TemplateComponentId } from '../ids.js';
import { compareVersions, versionSortKey, type Version } from '../version.js';
import type { KnownIdentities } from './match.js';
import { findVersion, largestVersion, type Release, type TemplateState } from './state.js';

/**
 * The version that a release is based on: its differences are against that one, and where there are none, there is nothing to publish.
 * @param basedOn names it, for a maintenance line; otherwise it is the largest, withdrawn or not.
 * @throws Refusal NOT_FOUND.
 */
export function baseOf(state: TemplateState, basedOn: Version | undefined): Release | undefined {
  if (!basedOn) return largestVersion(state);
  const release = findVersion(state, basedOn);
  if (release) return release;
  const { name, templateId } = state;
  const { label } = basedOn;
  throw new Refusal('NOT_FOUND', `basedOn: template "${name}" has no published version ${label}`, { templateId, version: label });
}

/** A version must be larger than all that are published; on a maintenance line larger than the one it is based on, and not taken. */
export function refuseVersion(
  version: Version,
  { basedOn, line }: Pick<Release, 'basedOn' | 'line'>,
  state: TemplateState,
): ReturnType<typeof refuse> | undefined {
  const than = line ? basedOn : largestVersion(state);
  if (than && compareVersions(version, than.version) <= 0) {
    const message = `version ${version.label} is not larger than ${than.version.label}: choose a larger one`;
    return refuse('VERSION_NOT_LARGER', message, { version: version.label, than: than.version.label });
  }
  const taken = findVersion(state, version)?.version.label;
  if (taken === undefined) return undefined;
  const message = `version ${taken} is published already: choose another one that is larger than ${than?.version.label ?? taken}`;
  return refuse('VERSION_NOT_LARGER', message, { version: version.label, than: taken });
}

/** The smallest published version that is larger than a release's. */
export function nextVersion({ version }: Release, state: TemplateState): Release | undefined {
  const than = versionSortKey(version);
  let next: readonly [string, Release] | undefined;
  for (const entry of state.versions) if (entry[0] > than && (!next || entry[0] < next[0])) next = entry;
  return next?.[1];
}

/** Which template component each source component was ever published as, the last time: lines recognise each other's components by it. */
export function knownIdentities(state: TemplateState): KnownIdentities {
  const bySource = new Map<ComponentId, TemplateComponentId>();
  const all = new Set<TemplateComponentId>();
  for (const { status, difference } of state.releases.values()) {
    if (status !== 'published') continue;
    for (const { sourceComponentId, templateComponentId } of difference.set) {
      bySource.set(sourceComponentId, templateComponentId);
      all.add(templateComponentId);
    }
  }
  return { bySource, all };
}
