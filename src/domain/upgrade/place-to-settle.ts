import { isEntryPath } from '../definition/fields.js';
import { parsePointer, pointerOf, type Pointer } from '../pointer.js';
import type { ComponentPlan } from './plan.js';

/** What a plan shows of one component, or (key "") of the app-level content. */
export type Shown = Pick<ComponentPlan, 'key' | 'action' | 'fields'>;

/**
 * Where to settle what somebody wanted to settle at a place that cannot be settled by itself: the place above it that the plan shows as one, the
 * entry (a port, a volume, ...) that goes or stays as one, or the component that does.
 * @returns undefined where the plan shows nothing of it.
 */
export function placeToSettle(shown: readonly Shown[], componentKey: string, path: Pointer): Pointer | undefined {
  const component = shown.find(({ key, fields }) => key === componentKey || fields.some((field) => field.componentKey === componentKey));
  if (!component) return undefined;
  const above = component.fields.map((field) => field.path).filter((place) => path.startsWith(`${place}/`));
  const nearest = above.sort((left, right) => right.length - left.length)[0];
  if (nearest !== undefined) return nearest;
  if (!component.fields.some((field) => field.path === path)) return undefined;
  if (component.action === 'REMOVE' || component.action === 'EXCLUDED') return '';
  const entry = pointerOf(...(parsePointer(path) ?? []).slice(0, 2));
  return isEntryPath(entry) && entry !== path ? entry : undefined;
}
