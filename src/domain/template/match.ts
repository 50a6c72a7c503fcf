import { Refusal } from '../errors.js';
import { parseInstalledComponentId, type ComponentId, type Digest, type TemplateComponentId } from '../ids.js';
import type { ManifestEntry } from './manifest.js';

/** A component of the source app as it would be published. */
export interface SourceComponent {
  readonly componentId: ComponentId;
  readonly key: string;
  readonly digest: Digest;
  readonly needs: readonly string[];
}

/** Says which source component is which template component, where id and key do not. */
export interface Identity {
  readonly componentId: ComponentId;
  readonly templateComponentId: TemplateComponentId;
}

export interface ComponentMatch {
  readonly source: SourceComponent;
  readonly by: 'ID' | 'KEY' | 'GIVEN' | 'NEW';
  /** The template component that it is; undefined for a new one. */
  readonly entry: ManifestEntry | undefined;
}

/**
 * Recognises source components among those of the version they are based on: as said, then by the component they were last published from (or
 * installed from), then by key. What matches nothing is new; each template component is matched once.
 * @throws Refusal BAD_USER_INPUT for an identity that names what is not there, or one thing twice.
 */
export function matchComponents(
  source: readonly SourceComponent[],
  base: readonly ManifestEntry[],
  identities: readonly Identity[] = [],
): ComponentMatch[] {
  const free = new Map(base.map((entry) => [entry.templateComponentId, entry]));
  const matches = new Map<ComponentId, ComponentMatch>();
  const match = (component: SourceComponent, by: ComponentMatch['by'], entry: ManifestEntry | undefined): void => {
    if (!entry || !free.delete(entry.templateComponentId)) return;
    matches.set(component.componentId, { source: component, by, entry });
  };
  const unmatched = (): SourceComponent[] => source.filter(({ componentId }) => !matches.has(componentId));

  for (const { componentId, templateComponentId } of identities) {
    const component = unmatched().find((candidate) => candidate.componentId === componentId);
    const entry = free.get(templateComponentId);
    if (!component || !entry) {
      throw new Refusal(
        'BAD_USER_INPUT',
        component
          ? `identities: the version has no component ${templateComponentId}, or it is named twice`
          : `identities: the app has no component ${componentId}, or it is named twice`,
        { componentId, templateComponentId },
      );
    }
    match(component, 'GIVEN', entry);
  }
  const bySource = new Map([...free.values()].map((entry) => [entry.sourceComponentId, entry]));
  for (const component of unmatched()) {
    const installedAs = parseInstalledComponentId(component.componentId)?.templateComponentId;
    match(component, 'ID', bySource.get(component.componentId) ?? (installedAs && free.get(installedAs)));
  }
  const byKey = new Map([...free.values()].map((entry) => [entry.key, entry]));
  for (const component of unmatched()) match(component, 'KEY', byKey.get(component.key));
  return source.map((component) => matches.get(component.componentId) ?? { source: component, by: 'NEW', entry: undefined });
}
