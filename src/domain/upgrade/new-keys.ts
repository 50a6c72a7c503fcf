import { placesNaming, staleReference, type Place, type Speaker } from '../compare/stale-references.js';
import type { PlannedComponent } from './component-case.js';
import type { Beside } from './followers.js';
import type { ComponentPlan } from './plan.js';

/** A component that a plan gives another key than it had, or than the template has for it. */
export interface NewKey {
  readonly old: string;
  readonly key: string;
}

/** The new key of a planned component, if it gets one. */
export function newKeyOf({ plan, after }: PlannedComponent): NewKey | undefined {
  if (!after) return undefined;
  const old = plan.action === 'ADD' ? after.templateKey : plan.change?.previousKey;
  return old === undefined || old === after.key ? undefined : { old, key: after.key };
}

/**
 * Tells at `/key` where texts still name a component by a key that it will not have. Dependencies are not told: they follow by themselves. What
 * the template calls by a key that another component of the app has is told within the installation alone: others mean that component.
 */
export function withStaleReferences(planned: readonly PlannedComponent[], beside: readonly Beside[]): ComponentPlan[] {
  const renamed = planned.some((each) => newKeyOf(each));
  if (!renamed) return planned.map(({ plan }) => plan);
  const speakers = speakersOf(planned);
  const all = [...speakers, ...beside.map(({ component: { key }, after }): Speaker => ({ key, definition: after }))];
  const taken = new Set(all.map(({ key }) => key));
  return planned.map((each) => {
    const { plan } = each;
    const change = newKeyOf(each);
    if (!change) return plan;
    const risk = staleReference(change.old, change.key, placesNaming(change.old, taken.has(change.old) ? speakers : all));
    if (!risk) return plan;
    return { ...plan, fields: plan.fields.map((field) => (field.path === '/key' ? { ...field, risk } : field)) };
  });
}

/** What names a component of the installation by a key of the template: dependants, which follow where it gets another one, and texts, which do not. */
export function namedBy(templateKey: string, planned: readonly PlannedComponent[]): { dependants: string[]; places: Place[] } {
  return {
    dependants: planned.flatMap(({ plan, after }) => (after?.needs.includes(templateKey) ? [plan.key] : [])),
    places: placesNaming(templateKey, speakersOf(planned)),
  };
}

function speakersOf(planned: readonly PlannedComponent[]): Speaker[] {
  return planned.flatMap(({ after }) => (after ? [{ key: after.key, definition: after.definition() }] : []));
}
