import { v5 as uuidv5 } from 'uuid';
import { compareManifests, digestsToCompare, type ManifestComparison } from '../domain/compare/compare-manifests.js';
import type { Content, ContentLookup } from '../domain/definition/content.js';
import { digestOf } from '../domain/canonical.js';
import type { AppId, ComponentId, Digest, TemplateComponentId, TemplateId } from '../domain/ids.js';
import { differenceTo, type Publishing } from '../domain/template/difference.js';
import { baseOf, knownIdentities, nextVersion } from '../domain/template/lines.js';
import { matchComponents, type ComponentMatch, type KnownIdentities } from '../domain/template/match.js';
import { largestVersion, manifestOf, withDifference, type Release, type TemplateState } from '../domain/template/state.js';
import { suggestVersion, type Above, type Suggestion } from '../domain/template/suggest-version.js';
import { findPublishProblems, type PublishProblem } from '../domain/template/whole.js';
import type { Version } from '../domain/version.js';
import type { Access } from '../commands/access.js';
import type { CommandServices } from '../commands/execute.js';
import { sourceOf, type ReleaseSource } from '../commands/source.js';

export interface PublishPreview {
  readonly comparison: ManifestComparison | undefined;
  /** The version that the differences are against: the one named, or else the latest. */
  readonly base: string | undefined;
  readonly latestVersion: string | undefined;
  readonly suggestion: Suggestion;
  readonly matches: readonly ComponentMatch[];
  /** Why it would be refused. */
  readonly problems: readonly PublishProblem[];
}

export interface PreviewPublish {
  readonly appId: AppId;
  readonly templateId: TemplateId | undefined;
  /** As in `PublishTemplate`. */
  readonly basedOn: Version | undefined;
  readonly components: ReadonlySet<ComponentId> | undefined;
}

/** What publishing the app now would do: the same decision as publishing, on the same state, without its events. */
export async function previewPublish(services: CommandServices, command: PreviewPublish, access?: Access): Promise<PublishPreview> {
  const { appId, templateId, basedOn } = command;
  const { view } = await services.aggregates.app(appId, access);
  const source = await sourceOf(view, services.contents);
  const template = templateId && (await services.aggregates.template(templateId, access)).state;
  const base = template && baseOf(template, basedOn);
  const before = base && manifestOf(base);
  const known = template && knownIdentities(template);
  const after = withDifference(before, differenceTo(before, publishing(source, command, known)));
  const found = {
    matches: matchComponents(source.components, [...(before?.components.values() ?? [])], [], known),
    problems: findPublishProblems(after),
    base: base?.version.label,
    latestVersion: template && largestVersion(template)?.version.label,
  };
  if (!base || !before) return { ...found, comparison: undefined, suggestion: suggestVersion(undefined, undefined) };

  const own = unpublished(source);
  const wanted = digestsToCompare(before, after).filter((digest) => !own.has(digest));
  const comparison = compareManifests(before, after, withUnpublished(await services.contents.load(wanted), own));
  return { ...found, comparison, suggestion: suggestVersion(base.version, comparison, above(base, template)) };
}

function above(base: Release, template: TemplateState): Above | undefined {
  const [next, largest] = [nextVersion(base, template), largestVersion(template)];
  return next && largest && { next: next.version, largest: largest.version };
}

function publishing(source: ReleaseSource, { appId, components }: PreviewPublish, known: KnownIdentities | undefined): Publishing {
  const freshIds = new Map(
    source.components.map(({ componentId }) => [componentId, uuidv5(`${appId} ${componentId}`, uuidv5.URL) as TemplateComponentId]),
  );
  return { source: source.components, content: digestOf(source.content), identities: [], freshIds, known, components };
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
