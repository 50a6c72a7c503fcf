import { Refusal } from '../errors.js';
import type { ComponentId, Digest, TemplateComponentId } from '../ids.js';
import { jsonEqual } from '../json.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { matchComponents, type Identity, type KnownIdentities, type SourceComponent } from './match.js';
import type { ManifestDifference } from './state.js';

/** What is published of an app, and as what. */
export interface Publishing {
  readonly source: readonly SourceComponent[];
  /** Digest of the app-level content. */
  readonly content: Digest;
  readonly identities: readonly Identity[];
  /** An identity for each source component, used where it is new. */
  readonly freshIds: ReadonlyMap<ComponentId, TemplateComponentId>;
  /** Identities of versions that the release is not based on. */
  readonly known?: KnownIdentities | undefined;
  /** Only these are taken from the app; all of it where they are not given. */
  readonly components?: ReadonlySet<ComponentId> | undefined;
}

/**
 * How the app, published now, would differ from the manifest given. Where only some components are taken, everything else is as it was there: what
 * the app does not have any more stays, what it has besides is left out, and the app-level content is taken only where there was none before.
 * @throws Refusal BAD_USER_INPUT for components or identities that name what is not there.
 */
export function differenceTo(before: Manifest | undefined, command: Publishing): ManifestDifference {
  const { source, components } = command;
  requireComponents(command);
  const base = [...(before?.components.values() ?? [])];
  const matches = matchComponents(source, base, command.identities, command.known);
  const taken = components ? matches.filter((match) => components.has(match.source.componentId)) : matches;
  const entries = taken.map(({ source: { componentId, key, digest, needs }, templateComponentId: known }): ManifestEntry => {
    const templateComponentId = known ?? command.freshIds.get(componentId);
    if (!templateComponentId) throw new Error(`no identity for the new component ${key}`);
    return { templateComponentId, key, digest, needs, sourceComponentId: componentId };
  });
  const present = new Set(entries.map(({ templateComponentId }) => templateComponentId));
  const gone = components ? [] : base.filter(({ templateComponentId }) => !present.has(templateComponentId));
  const isSame = (entry: ManifestEntry): boolean => jsonEqual({ ...entry }, { ...before?.components.get(entry.templateComponentId) });
  return {
    set: entries.filter((entry) => !isSame(entry)).map((entry) => ({ ...entry, needs: [...entry.needs] })),
    removed: gone.map(({ templateComponentId }) => templateComponentId),
    content: components && before ? before.content : command.content,
  };
}

function requireComponents({ source, components = new Set() }: Publishing): void {
  const there = new Set(source.map(({ componentId }) => componentId));
  for (const componentId of components) {
    if (there.has(componentId)) continue;
    throw new Refusal('BAD_USER_INPUT', `components: the app has no component ${componentId}`, { path: 'components', componentId });
  }
}
