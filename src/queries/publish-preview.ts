import { v5 as uuidv5 } from 'uuid';
import { withDifference } from '../../projections/templates/manifests.js';
import { compareManifests, digestsToCompare, type ManifestComparison } from '../domain/compare/compare-manifests.js';
import type { Content, ContentLookup } from '../domain/definition/content.js';
import { digestOf } from '../domain/canonical.js';
import type { AppId, Digest, TemplateComponentId, TemplateId } from '../domain/ids.js';
import { differenceTo } from '../domain/template/decide.js';
import { matchComponents, type ComponentMatch } from '../domain/template/match.js';
import type { Manifest } from '../domain/template/manifest.js';
import { largestVersion, manifestOf } from '../domain/template/state.js';
import { suggestVersion } from '../domain/template/suggest-version.js';
import type { CommandServices } from '../commands/execute.js';
import { sourceOf, type ReleaseSource } from '../commands/source.js';

export interface PublishPreview {
  readonly comparison: ManifestComparison | undefined;
  readonly latestVersion: string | undefined;
  readonly suggestion: { readonly version: string; readonly reason: string };
  readonly matches: readonly ComponentMatch[];
}

/** What publishing the app now would do: the same decision as publishing, on the same state, without its events. */
export async function previewPublish(services: CommandServices, appId: AppId, templateId: TemplateId | undefined): Promise<PublishPreview> {
  const { view } = await services.aggregates.app(appId);
  const source = await sourceOf(view, services.contents);
  const template = templateId && (await services.aggregates.template(templateId)).state;
  const latest = template && largestVersion(template);
  const before = latest && manifestOf(latest);
  const matches = matchComponents(source.components, [...(before?.components.values() ?? [])]);
  if (!latest || !before)
    return { comparison: undefined, latestVersion: undefined, suggestion: suggestVersion(undefined, undefined), matches };

  const after = manifestAfter(source, before, appId);
  const own = unpublished(source);
  const wanted = digestsToCompare(before, after).filter((digest) => !own.has(digest));
  const comparison = compareManifests(before, after, withUnpublished(await services.contents.load(wanted), own));
  return { comparison, latestVersion: latest.version.label, suggestion: suggestVersion(latest.version, comparison), matches };
}

function manifestAfter(source: ReleaseSource, before: Manifest, appId: AppId): Manifest {
  const freshIds = new Map(
    source.components.map(({ componentId }) => [componentId, uuidv5(`${appId} ${componentId}`, uuidv5.URL) as TemplateComponentId]),
  );
  const content = digestOf(source.content);
  return withDifference(before, differenceTo(before, { source: source.components, content, identities: [], freshIds }));
}

/** Contents of the source that are not in the log until they are published. */
function unpublished({ toStore, content }: ReleaseSource): Map<Digest, Content> {
  return byDigest([...toStore, { kind: 'appContent', body: content }]);
}

export function byDigest(contents: readonly Content[]): Map<Digest, Content> {
  return new Map(contents.map((each) => [digestOf(each.body), each]));
}

/** Finds contents that are not in the log beside those that are. */
export function withUnpublished(lookup: ContentLookup, own: ReadonlyMap<Digest, Content>): ContentLookup {
  return {
    ...lookup,
    definition: (digest) => {
      const content = own.get(digest);
      return content?.kind === 'definition' ? content.body : lookup.definition(digest);
    },
    appContent: (digest) => {
      const content = own.get(digest);
      return content?.kind === 'appContent' ? content.body : lookup.appContent(digest);
    },
  };
}
