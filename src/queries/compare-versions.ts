import { manifestsOf } from '../../projections/templates/manifests.js';
import { templatesByIds, versionsByKeys } from '../../projections/templates/queries.js';
import type { ContentSource } from '../commands/content-store.js';
import { compareManifests, digestsToCompare, type ManifestComparison } from '../domain/compare/compare-manifests.js';
import { Refusal } from '../domain/errors.js';
import { requireVersion, versionSortKey } from '../domain/version.js';
import type { ReadModel } from '../projector/projection.js';

export interface ComparedVersions extends ManifestComparison {
  readonly templateId: string;
  /** Labels as published. */
  readonly from: string;
  readonly to: string;
}

/** Compares two published versions of a template, in either direction. @throws Refusal VERSION_INVALID, NOT_FOUND. */
export async function comparePublished(
  db: ReadModel,
  contents: ContentSource,
  templateId: string,
  fromLabel: string,
  toLabel: string,
): Promise<ComparedVersions> {
  const keys = [fromLabel, toLabel].map((label) => ({ templateId, sortKey: versionSortKey(requireVersion(label)), label }));
  const found = versionsByKeys(db, keys);
  const [from, to] = keys.map(({ sortKey, label }) => {
    const version = found.find((candidate) => candidate.sortKey === sortKey);
    if (version) return version;
    const [template] = templatesByIds(db, [templateId]);
    const message = template ? `template "${template.name}" has no published version ${label}` : `there is no template ${templateId}`;
    throw new Refusal('NOT_FOUND', message, { templateId, version: label });
  });
  const manifests = manifestsOf(db, [from?.id ?? '', to?.id ?? '']);
  const before = manifests.get(from?.id ?? '');
  const after = manifests.get(to?.id ?? '');
  if (!from || !to || !before || !after) throw new Error('a published version without a manifest');
  const comparison = compareManifests(before, after, await contents.load(digestsToCompare(before, after)));
  return { ...comparison, templateId, from: from.version, to: to.version };
}
