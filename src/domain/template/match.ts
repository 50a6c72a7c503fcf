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

/** What is known of a template beside the version that is matched against: other lines have components of their own. */
export interface KnownIdentities {
  readonly bySource: ReadonlyMap<ComponentId, TemplateComponentId>;
  readonly all: ReadonlySet<TemplateComponentId>;
}

export interface ComponentMatch {
  readonly source: SourceComponent;
  readonly by: 'ID' | 'KEY' | 'GIVEN' | 'NEW';
  /** The template component that it is; undefined for a new one. */
  readonly templateComponentId: TemplateComponentId | undefined;
}

/**
 * Recognises source components among those of the version they are based on: as said, then by the component they were last published from (or
 * installed from), then by key. What matches nothing there, and was published in another version of the template, is the same component as there:
 * so that one that comes to two lines on its own is one. Everything else is new; each template component is matched once.
 * @throws Refusal BAD_USER_INPUT for an identity that names what is not there, or one thing twice.
 */
export function matchComponents(
  source: readonly SourceComponent[],
  base: readonly ManifestEntry[],
  identities: readonly Identity[] = [],
  known: KnownIdentities = { bySource: new Map(), all: new Set() },
): ComponentMatch[] {
  const free = new Map(base.map((entry) => [entry.templateComponentId, entry]));
  const elsewhere = new Set(known.all);
  for (const templateComponentId of free.keys()) elsewhere.delete(templateComponentId);
  const matches = new Map<ComponentId, ComponentMatch>();
  const match = (component: SourceComponent, by: ComponentMatch['by'], id: TemplateComponentId | undefined): void => {
    if (id === undefined || !(free.delete(id) || elsewhere.delete(id))) return;
    matches.set(component.componentId, { source: component, by, templateComponentId: id });
  };
  const unmatched = (): SourceComponent[] => source.filter(({ componentId }) => !matches.has(componentId));

  for (const { componentId, templateComponentId } of identities) {
    const component = unmatched().find((candidate) => candidate.componentId === componentId);
    const isFree = free.has(templateComponentId) || elsewhere.has(templateComponentId);
    if (!component || !isFree) {
      throw new Refusal(
        'BAD_USER_INPUT',
        component
          ? `identities: the template has no component ${templateComponentId}, or it is named twice`
          : `identities: the app has no component ${componentId}, or it is named twice`,
        { componentId, templateComponentId },
      );
    }
    match(component, 'GIVEN', templateComponentId);
  }
  const bySource = new Map([...free.values()].map((entry) => [entry.sourceComponentId, entry.templateComponentId]));
  for (const { component, installedAs } of unmatched().map(withOrigin)) {
    match(component, 'ID', bySource.get(component.componentId) ?? (installedAs && free.get(installedAs)?.templateComponentId));
  }
  const byKey = new Map([...free.values()].map((entry) => [entry.key, entry.templateComponentId]));
  for (const component of unmatched()) match(component, 'KEY', byKey.get(component.key));
  for (const { component, installedAs } of unmatched().map(withOrigin)) {
    const id = known.bySource.get(component.componentId) ?? installedAs;
    if (id !== undefined && elsewhere.has(id)) match(component, 'ID', id);
  }
  return source.map((component) => matches.get(component.componentId) ?? { source: component, by: 'NEW', templateComponentId: undefined });
}

function withOrigin(component: SourceComponent): { component: SourceComponent; installedAs: TemplateComponentId | undefined } {
  return { component, installedAs: parseInstalledComponentId(component.componentId)?.templateComponentId };
}
