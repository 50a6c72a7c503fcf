import { digestOf } from '../canonical.js';
import { compareTrees } from '../compare/compare-trees.js';
import type { Content, ContentLookup } from '../definition/content.js';
import type { AppContent, Definition } from '../definition/definition.js';
import { diffTrees } from '../definition/patch.js';
import { definitionOf, inTemplateKeys } from './components.js';
import type { ComponentId } from '../ids.js';
import type { AppEvent } from './events.js';
import type { AppComponent, AppView } from './state.js';
import { upgradeRunning } from './under-way.js';

export interface Change {
  readonly event: AppEvent;
  readonly contents: readonly Content[];
}

/** @throws Refusal UPGRADE_RUNNING where an integration is at the component, or at one that it depends on by a key that is to be another. */
export function requireFree(componentId: ComponentId, { underWay }: AppView): void {
  const run = underWay.holding(componentId);
  if (run) throw upgradeRunning(`component ${componentId} cannot be changed`, run);
}

/**
 * The change that makes a component what it shall be, in the keys of the app; undefined where it is that already.
 * @throws Refusal UPGRADE_RUNNING as `requireFree`.
 */
export function changeDefinition(
  component: AppComponent,
  after: Definition,
  view: AppView,
  names: AppView['names'],
  lookup: ContentLookup,
): Change | undefined {
  const before = definitionOf(component, view, lookup);
  const digest = digestOf(after);
  const common = {
    appId: view.state.appId,
    componentId: component.componentId,
    key: after.key,
    ...(after.key !== before.key && { previousKey: before.key }),
    digest,
    ...changedPaths(before, after),
  };
  if (component.origin === 'own') {
    if (digest === component.digest) return undefined;
    requireFree(component.componentId, view);
    return { event: { type: 'ComponentChanged', data: common }, contents: [{ kind: 'definition', body: after }] };
  }
  const patch = diffTrees(lookup.definition(component.base), inTemplateKeys(after, names.of(component)));
  const patchDigest = patch && digestOf(patch);
  if (patchDigest === component.patch) return undefined;
  requireFree(component.componentId, view);
  return {
    event: { type: 'ComponentChanged', data: { ...common, installationId: component.installationId, patch: patchDigest ?? null } },
    contents: patch ? [{ kind: 'patch', body: patch }] : [],
  };
}

/** The paths of what an edit changed, as its event tells them. */
export function changedPaths(before: Definition | AppContent, after: Definition | AppContent): { set: string[]; unset: string[] } {
  const differences = compareTrees(before, after);
  return {
    set: differences.filter(({ change }) => change !== 'REMOVED').map(({ path }) => path),
    unset: differences.filter(({ change }) => change === 'REMOVED').map(({ path }) => path),
  };
}
