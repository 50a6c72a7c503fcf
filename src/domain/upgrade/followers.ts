import { changeDefinition } from '../app/change-definition.js';
import { definitionOf } from '../app/components.js';
import { renameReferences } from '../app/references.js';
import type { AppComponent, AppView, Installation } from '../app/state.js';
import { compareTrees } from '../compare/compare-trees.js';
import type { ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import type { PlannedComponent } from './component-case.js';
import { componentsBeside } from './installed-of.js';
import type { FieldPlan, FollowerPlan } from './plan.js';

/** A component outside the installation, before the upgrade, and after it as it follows the keys that change. In the keys of the app. */
export interface Beside {
  readonly component: AppComponent;
  readonly before: Definition;
  readonly after: Definition;
}

export function besideOf(
  planned: readonly PlannedComponent[],
  view: AppView,
  { installationId }: Installation,
  lookup: ContentLookup,
): Beside[] {
  const renamed = new Map<string, string>();
  for (const { plan, after } of planned) {
    const previousKey = plan.change?.previousKey;
    if (previousKey !== undefined && after) renamed.set(previousKey, after.key);
  }
  return componentsBeside(view, installationId).map((component) => {
    const before = definitionOf(component, view, lookup);
    return { component, before, after: renameReferences(before, (key) => renamed.get(key) ?? key) };
  });
}

/** Those that follow, as the plan tells them. */
export function planFollowers(beside: readonly Beside[], view: AppView, lookup: ContentLookup): FollowerPlan[] {
  return beside.flatMap(({ component, before, after }): FollowerPlan[] => {
    if (before === after) return [];
    const change = changeDefinition(component, after, view, view.names, lookup);
    if (!change) return [];
    const { componentId, key } = component;
    const fields = compareTrees(before, after).map(({ path, field, before: local, after: result }): FieldPlan => ({
      componentKey: key,
      path,
      field,
      ...(local !== undefined && { local }),
      ...(result !== undefined && { result }),
      outcome: 'TAKE_TEMPLATE',
    }));
    return [{ componentId, key, fields, change }];
  });
}
