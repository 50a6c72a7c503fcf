import { v5 as uuidv5 } from 'uuid';
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
  const wanted = digestsToCompare(before, after).filter((digest) => !unpublished(source).has(digest));
  const comparison = compareManifests(before, after, withSource(await services.contents.load(wanted), source));
  return { comparison, latestVersion: latest.version.label, suggestion: suggestVersion(latest.version, comparison), matches };
}

function manifestAfter(source: ReleaseSource, before: Manifest, appId: AppId): Manifest {
  const freshIds = new Map(
    source.components.map(({ componentId }) => [componentId, uuidv5(`${appId} ${componentId}`, uuidv5.URL) as TemplateComponentId]),
  );
  const content = digestOf(source.content);
  const { set, removed } = differenceTo(before, { source: source.components, content, identities: [], freshIds });
  const components = new Map(before.components);
  for (const id of removed) components.delete(id);
  for (const entry of set) components.set(entry.templateComponentId, entry);
  return { components, content };
}

/** Contents of the source that are not in the log until they are published. */
function unpublished({ toStore, content }: ReleaseSource): Map<Digest, Content> {
  const contents: Content[] = [...toStore, { kind: 'appContent', body: content }];
  return new Map(contents.map((each) => [digestOf(each.body), each]));
}

function withSource(lookup: ContentLookup, source: ReleaseSource): ContentLookup {
  const own = unpublished(source);
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
