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
    appFields: comparison.appFields.map(toFieldDifference),
    summary: summarize(comparison),
  };
}

export function toComponentDifference(difference: DomainComponent): ComponentDifference {
  return { ...difference, fields: difference.fields.map(toFieldDifference) };
}

export function toFieldDifference(difference: DomainDifference): FieldDifference {
  return { ...difference, secret: false };
}
