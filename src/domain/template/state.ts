import type { AppId, Digest, ReleaseId, TemplateComponentId, TemplateId } from '../ids.js';
import type { VersionRange } from '../version-range.js';
import { versionSortKey, type Version } from '../version.js';
import type { TemplateEvent, Visibility } from './events.js';
import type { Manifest, ManifestEntry } from './manifest.js';

export type ManifestDifference = Extract<TemplateEvent, { type: 'ReleaseStarted' }>['data']['difference'];

/** A template as its stream tells it. */
export interface TemplateState {
  readonly templateId: TemplateId;
  readonly name: string;
  readonly team: string;
  /** PUBLIC: read by everybody who may read in some team. TEAM: by its team, and by those who have it installed. */
  readonly visibility: Visibility;
  readonly sourceAppId: AppId;
  /** Published versions by sort key: spellings of one version are one. */
  readonly versions: ReadonlyMap<string, Release>;
  readonly releases: ReadonlyMap<ReleaseId, Release>;
}

/** What was said of a version after it was published. */
export interface VersionMark {
  /** A deprecated one is offered with a warning, a withdrawn one is not offered. */
  readonly state: 'deprecated' | 'withdrawn';
  readonly reason: string | undefined;
}

/** One publish run. It becomes a version only by its last event, `TemplatePublished`. */
export interface Release {
  readonly releaseId: ReleaseId;
  readonly version: Version;
  /** The release of the version that the differences are told against, as it was then. */
  readonly basedOn: Release | undefined;
  /** Whether its author named that version: it belongs to a maintenance line. */
  readonly line: boolean;
  /** From where it can be upgraded to; undefined where that is any smaller version. */
  readonly upgradeFrom: VersionRange | undefined;
  readonly difference: ManifestDifference;
  readonly sourceAppId: AppId;
  readonly notes: string | undefined;
  readonly status: 'syncing' | 'failed' | 'published' | 'cancelled';
  /** Components whose content is still to be checked. */
  readonly pending: ReadonlySet<TemplateComponentId>;
  readonly failed: ReadonlySet<TemplateComponentId>;
  /** Name of its content once published. */
  readonly manifest: Digest | undefined;
  /** Of its version; undefined where nothing was said of it, or it was restored. */
  readonly mark: VersionMark | undefined;
}

/** The manifest of a release: that of the release it is based on, with its difference. Costs the differences of the whole chain. */
export function manifestOf(release: Release): Manifest {
  const chain: Release[] = [];
  for (let at: Release | undefined = release; at; at = at.basedOn) chain.push(at);
  const components = new Map<TemplateComponentId, ManifestEntry>();
  for (const { difference } of chain.reverse()) apply(difference, components);
  return { components, content: release.difference.content };
}

/** What a manifest becomes with a difference: what is removed goes, what is set keeps its place or comes last. */
export function withDifference(before: Manifest | undefined, difference: ManifestDifference): Manifest {
  const components = new Map(before?.components);
  apply(difference, components);
  return { components, content: difference.content };
}

function apply({ removed, set }: ManifestDifference, components: Map<TemplateComponentId, ManifestEntry>): void {
  for (const id of removed) components.delete(id);
  for (const entry of set) components.set(entry.templateComponentId, entry);
}

/** Whether any published version has, or had, a component of an identity. */
export function hasHadComponent(state: TemplateState, id: TemplateComponentId): boolean {
  return [...state.versions.values()].some(({ difference }) => difference.set.some((entry) => entry.templateComponentId === id));
}

/** Of all published versions, also those that are withdrawn: what a further one must be larger than, and is compared with. */
export function largestVersion(state: TemplateState): Release | undefined {
  return largestOf(state, () => true);
}

/** Of the versions that are not withdrawn: what is installed where none is named. */
export function largestOffered(state: TemplateState): Release | undefined {
  return largestOf(state, ({ mark }) => mark?.state !== 'withdrawn');
}

function largestOf(state: TemplateState, counts: (release: Release) => boolean): Release | undefined {
  let largest: readonly [string, Release] | undefined;
  for (const entry of state.versions) if ((!largest || entry[0] > largest[0]) && counts(entry[1])) largest = entry;
  return largest?.[1];
}

export function runningRelease(state: TemplateState): Release | undefined {
  for (const release of state.releases.values()) if (release.status === 'syncing') return release;
  return undefined;
}

/** The release that is published under a version, whatever its spelling. */
export function findVersion(state: TemplateState, version: Version): Release | undefined {
  return state.versions.get(versionSortKey(version));
}
