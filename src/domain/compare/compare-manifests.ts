import type { ContentLookup } from '../definition/content.js';
import type { Digest, TemplateComponentId } from '../ids.js';
import type { Manifest, ManifestEntry } from '../template/manifest.js';
import { compareTrees, type FieldDifference } from './compare-trees.js';
import { withRisks } from './risks.js';
import { staleReferences } from './stale-references.js';

export type ChangeKind = 'ADDED' | 'CHANGED' | 'REMOVED' | 'RENAMED' | 'UNCHANGED';

export interface ComponentDifference {
  readonly templateComponentId?: TemplateComponentId;
  readonly key: string;
  readonly previousKey?: string;
  /** RENAMED where the key is another one, whatever else changed beside it. */
  readonly change: ChangeKind;
  readonly fields: readonly FieldDifference[];
}

export interface ManifestComparison {
  readonly components: readonly ComponentDifference[];
  /** Of the app-level content. */
  readonly appFields: readonly FieldDifference[];
}

export interface DifferenceSummary {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly renamed: number;
  readonly unchanged: number;
  readonly fields: number;
}

/** How one component went from one version to the next, judged by identity, key and digest alone. */
export function changeOf(before: ManifestEntry | undefined, after: ManifestEntry | undefined): ChangeKind {
  if (!before) return 'ADDED';
  if (!after) return 'REMOVED';
  if (before.key !== after.key) return 'RENAMED';
  return before.digest === after.digest ? 'UNCHANGED' : 'CHANGED';
}

/** The components of both sides by identity: those of `after` in its order, then those that are gone. */
export function pairUp(before: Manifest, after: Manifest): (readonly [ManifestEntry | undefined, ManifestEntry | undefined])[] {
  const kept = [...after.components.values()].map((entry) => [before.components.get(entry.templateComponentId), entry] as const);
  const gone = [...before.components.values()].filter((entry) => !after.components.has(entry.templateComponentId));
  return [...kept, ...gone.map((entry) => [entry, undefined] as const)];
}

/** The contents that a comparison reads: those of what changed, and where a component was renamed all definitions of `after`. */
export function digestsToCompare(before: Manifest, after: Manifest): Digest[] {
  const pairs = pairUp(before, after);
  const changed = pairs.filter(([old, now]) => changeOf(old, now) !== 'UNCHANGED');
  const renamed = pairs.some(([old, now]) => changeOf(old, now) === 'RENAMED');
  const wanted = new Set(changed.flatMap(([old, now]) => [old?.digest, now?.digest]).filter((digest) => digest !== undefined));
  if (renamed) for (const entry of after.components.values()) wanted.add(entry.digest);
  if (before.content !== after.content) wanted.add(before.content).add(after.content);
  return [...wanted];
}

/**
 * What makes `after` of `before`, component by component and leaf by leaf. Equal digests are not looked into, so it costs what changed.
 * @param lookup holds at least what `digestsToCompare` names.
 */
export function compareManifests(before: Manifest, after: Manifest, lookup: ContentLookup): ManifestComparison {
  const stale = staleReferences(before, after, lookup);
  const components = pairUp(before, after).map(([old, now]): ComponentDifference => {
    const change = changeOf(old, now);
    const { templateComponentId, key } = now ?? old ?? neither();
    if (change === 'UNCHANGED') return { templateComponentId, key, change, fields: [] };
    const from = old && lookup.definition(old.digest);
    const to = now && lookup.definition(now.digest);
    const fields = withRisks(from, to, compareTrees(from, to)).map((field) => {
      const risk = field.path === '/key' ? stale.get(templateComponentId) : undefined;
      return risk ? { ...field, risk } : field;
    });
    return { templateComponentId, key, ...(change === 'RENAMED' && old && { previousKey: old.key }), change, fields };
  });
  const appFields =
    before.content === after.content ? [] : compareTrees(lookup.appContent(before.content), lookup.appContent(after.content));
  return { components, appFields };
}

export function summarize({ components, appFields }: ManifestComparison): DifferenceSummary {
  const count = (kind: ChangeKind): number => components.filter(({ change }) => change === kind).length;
  return {
    added: count('ADDED'),
    changed: count('CHANGED'),
    removed: count('REMOVED'),
    renamed: count('RENAMED'),
    unchanged: count('UNCHANGED'),
    fields: appFields.length + components.reduce((sum, { fields }) => sum + fields.length, 0),
  };
}

function neither(): never {
  throw new Error('a component on neither side');
}
