import type { Aggregates } from '../../commands/aggregates.js';
import type { ContentSource } from '../../commands/content-store.js';
import { appContentDigests, appContentOf, definitionOf, digestsOf } from '../../domain/app/components.js';
import type { AppEvent } from '../../domain/app/events.js';
import type { AppView } from '../../domain/app/state.js';
import { compareApps, NO_APP, type AppThen } from '../../domain/compare/compare-apps.js';
import type { ManifestComparison } from '../../domain/compare/compare-manifests.js';
import type { AppId } from '../../domain/ids.js';
import type { Position } from '../../store/event-store.js';

/** An app at two moments; undefined where it was not there. */
export interface TwoMoments {
  readonly appId: AppId;
  readonly before: AppView | undefined;
  readonly after: AppView | undefined;
  /** That of `before`. */
  readonly since: Position;
}

/** What became of an app. @param aggregates as of the later moment. */
export async function changesOf(
  aggregates: Aggregates,
  contents: ContentSource,
  { appId, before, after, since }: TwoMoments,
): Promise<ManifestComparison> {
  const [from, to] = await Promise.all([definitionsOf(before, contents), definitionsOf(after, contents)]);
  return compareApps(from, to, before && after ? await mappedSince(aggregates, appId, since) : []);
}

async function definitionsOf(view: AppView | undefined, contents: ContentSource): Promise<AppThen> {
  if (!view) return NO_APP;
  const lookup = await contents.load([...view.components.flatMap(digestsOf), ...appContentDigests(view)]);
  return {
    components: new Map(view.components.map((component) => [component.componentId, definitionOf(component, view, lookup)])),
    content: appContentOf(view, lookup),
  };
}

async function mappedSince(aggregates: Aggregates, appId: AppId, since: Position): Promise<{ readonly event: AppEvent }[]> {
  const mapped: { readonly event: AppEvent }[] = [];
  for await (const page of aggregates.recordedEvents(appId)) {
    mapped.push(...page.filter(({ event, recorded }) => event.type === 'ComponentMapped' && recorded.position > since));
  }
  return mapped;
}
