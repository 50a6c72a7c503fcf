import { digestOf } from '../canonical.js';
import { accept, refuse, type Decision } from '../decision.js';
import type { Content, ContentLookup } from '../definition/content.js';
import { diffTrees } from '../definition/patch.js';
import type { ComponentId, Digest, InstallationId, TemplateComponentId } from '../ids.js';
import { installedOf } from '../upgrade/installed-of.js';
import { definitionOf, digestsOf, inTemplateKeys } from './components.js';
import type { AppEvent } from './events.js';
import { upgradeRunning } from './under-way.js';
import { manifestAt, type AppComponent, type AppView, type Installation } from './state.js';

/** Says that a component of the app is what the template calls by an identity. */
export interface MapComponent {
  readonly componentId: ComponentId;
  readonly installationId: InstallationId;
  readonly templateComponentId: TemplateComponentId;
  /** Whether any published version of the template has the identity. */
  readonly published: boolean;
}

type ComponentMapped = Extract<AppEvent, { type: 'ComponentMapped' }>['data'];

/**
 * Maps a component to one of the template, whose upgrades it takes from then on: one of the app's own that the template now has too, or an
 * installed one that the template made anew under another identity. It is as it was: where the version has the identity, it differs from that by a
 * local patch; otherwise it stands apart until an upgrade to a version that has it.
 * @param lookup holds what `digestsToMap` names.
 */
export function mapComponent(command: MapComponent, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const { componentId, installationId, templateComponentId } = command;
  const component = view.components.find((each) => each.componentId === componentId);
  if (!component) return refuse('NOT_FOUND', `the app has no component ${componentId}`, { componentId });
  const installation = view.state.installations.get(installationId);
  if (!installation) return refuse('NOT_FOUND', `the app has no installation ${installationId}`, { installationId });
  const run = view.underWay.of(installationId) ?? view.underWay.holding(componentId);
  if (run) throw upgradeRunning('the component cannot be mapped', run);
  if (component.origin === 'installed') {
    if (component.installationId !== installationId) {
      return refuse('BAD_USER_INPUT', `component "${component.key}" belongs to another installation`, { componentId });
    }
    if (component.templateComponentId === templateComponentId) return accept([]);
  }
  const there = installedOf(view, installation).get(templateComponentId);
  if (there) {
    const message = `component "${there.key}" is that already: remove it first, or map another one`;
    return refuse('BAD_USER_INPUT', message, { templateComponentId, componentId: there.componentId });
  }
  if (!command.published) {
    const message = `no published version of the template has a component ${templateComponentId}: take the id from an upgrade plan`;
    return refuse('NOT_FOUND', message, { templateComponentId });
  }
  const { standing, contents } = standingOf(component, installation, templateComponentId, view, lookup);
  const { templateId } = installation;
  const from = component.origin === 'installed' && { from: component.templateComponentId };
  const identity = { appId: view.state.appId, componentId, installationId, templateId, ...from, templateComponentId, key: component.key };
  return accept([{ type: 'ComponentMapped', data: { ...identity, ...standing } }], contents);
}

/** The contents that `mapComponent` reads. */
export function digestsToMap({ componentId, installationId, templateComponentId }: MapComponent, view: AppView): Digest[] {
  const component = view.components.find((each) => each.componentId === componentId);
  const installation = view.state.installations.get(installationId);
  const entry = installation && manifestAt(view, installation).components.get(templateComponentId);
  return [...(component ? digestsOf(component) : []), ...(entry ? [entry.digest] : [])];
}

function standingOf(
  component: AppComponent,
  installation: Installation,
  templateComponentId: TemplateComponentId,
  view: AppView,
  lookup: ContentLookup,
): { standing: Pick<ComponentMapped, 'base' | 'patch' | 'version' | 'apart' | 'mapped'>; contents: Content[] } {
  const { installationId, version } = installation;
  const names = view.names.of({ installationId, keyspace: version });
  const definition = inTemplateKeys(definitionOf(component, view, lookup), names);
  const entry = manifestAt(view, installation).components.get(templateComponentId);
  if (!entry && (component.origin === 'own' || component.mapped)) {
    const standing = { base: digestOf(definition), version, apart: true as const, mapped: true as const };
    return { standing, contents: [{ kind: 'definition', body: definition }] };
  }
  const base = entry ? { base: entry.digest, version } : standsApart(component);
  const patch = diffTrees(lookup.definition(base.base), definition);
  return {
    standing: { ...base, ...(patch && { patch: digestOf(patch) }) },
    contents: patch ? [{ kind: 'patch', body: patch }] : [],
  };
}

function standsApart(component: AppComponent): Pick<ComponentMapped, 'base' | 'version' | 'apart'> {
  if (component.origin === 'own') throw new Error('an own component stands on nothing');
  return { base: component.base, version: component.version, apart: true };
}
