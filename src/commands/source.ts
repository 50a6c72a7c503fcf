import { appContentDigests, appContentOf, definitionOf, digestsOf } from '../domain/app/components.js';
import { requiredNeeds } from '../domain/app/references.js';
import type { AppView } from '../domain/app/state.js';
import { digestOf } from '../domain/canonical.js';
import type { Content } from '../domain/definition/content.js';
import type { AppContent } from '../domain/definition/definition.js';
import type { SourceComponent } from '../domain/template/match.js';
import type { ContentStore } from './content-store.js';

/** An app as it would be published: every component as it is here, local changes and keys included. */
export interface ReleaseSource {
  readonly components: readonly SourceComponent[];
  readonly content: AppContent;
  /** Definitions that exist only as a base with a patch until they are published. */
  readonly toStore: readonly Content[];
}

export async function sourceOf(view: AppView, contents: ContentStore): Promise<ReleaseSource> {
  const lookup = await contents.load([...view.components.flatMap(digestsOf), ...appContentDigests(view)]);
  const toStore: Content[] = [];
  const components = view.components.map((component): SourceComponent => {
    const definition = definitionOf(component, view, lookup);
    const isStored = component.origin === 'own' && definition === lookup.definition(component.digest);
    const digest = isStored ? component.digest : digestOf(definition);
    if (!isStored) toStore.push({ kind: 'definition', body: definition });
    return { componentId: component.componentId, key: component.key, digest, needs: requiredNeeds(definition) };
  });
  return { components, content: appContentOf(view, lookup), toStore };
}
