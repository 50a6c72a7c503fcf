import { secretPlaces } from '../../domain/definition/open-values.js';
import type { FieldDifference as DomainDifference } from '../../domain/compare/compare-trees.js';
import { summarize, type ComponentDifference as DomainComponent, type ManifestComparison } from '../../domain/compare/compare-manifests.js';
import type { ComponentDifference, FieldDifference, VersionComparison } from './comparison.types.js';

/** A comparison as the API shows it; of which template is for its resolver to say. */
export function toVersionComparison(
  comparison: ManifestComparison,
  versions: { readonly templateId: string; readonly from: string; readonly to: string },
): VersionComparison & { readonly templateId: string } {
  return {
    ...versions,
    components: comparison.components.map(toComponentDifference),
    appFields: toFieldDifferences(comparison.appFields),
    summary: summarize(comparison),
  };
}

export function toComponentDifference(difference: DomainComponent): ComponentDifference {
  return { ...difference, fields: toFieldDifferences(difference.fields) };
}

/** The differences of one component, the sides of secrets left out. */
export function toFieldDifferences(differences: readonly DomainDifference[]): FieldDifference[] {
  const secret = secretPlaces(differences.map(({ path, before, after }) => ({ path, sides: [before, after] })));
  return differences.map((difference) =>
    secret.has(difference.path) ? { ...difference, before: null, after: null, secret: true } : { ...difference, secret: false },
  );
}
