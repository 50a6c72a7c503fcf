import { valuesToBind, type ValueToBind } from '../app/values-to-bind.js';
import type { ContentLookup } from '../definition/content.js';
import { isBound, openValuesOf, plainValuesOf, secretPlaces } from '../definition/open-values.js';
import { applyPatch } from '../definition/patch.js';
import { installedComponentId } from '../ids.js';
import { refuseResolution } from './choices.js';
import type { FieldPlan, Resolution, UpgradePlan } from './plan.js';

/**
 * What is to be bound once a plan is applied: the generated variables of what it adds and changes; and where something had a value in the clear
 * and becomes secret or generated, that value, since what runs has it.
 * @param lookup as for the plan.
 */
export function valuesOfPlan({ installationId, components }: UpgradePlan, lookup: ContentLookup): ValueToBind[] {
  return components.flatMap(({ templateComponentId, change }) => {
    if (!change?.target) return [];
    const { base, basePatch, target, targetPatch } = change;
    const after = applyPatch(lookup.definition(target), targetPatch);
    if (!openValuesOf(after).some(isBound)) return [];
    const before = base && applyPatch(lookup.definition(base), basePatch && lookup.patch(basePatch));
    return valuesToBind(installedComponentId(installationId, templateComponentId), after, before && plainValuesOf(before));
  });
}

/**
 * A resolution would put a value in the clear where a side is a secret.
 * @throws Refusal BAD_USER_INPUT, which does not show the value.
 */
export function refuseValuesOfSecrets({ components }: UpgradePlan, resolutions: readonly Resolution[]): void {
  const given = resolutions.filter(({ choice }) => choice === 'VALUE');
  if (given.length === 0) return;
  for (const { key, fields } of components) {
    const secret = secretPlaces(fields.map(sidesOf));
    const one = given.find(({ componentKey, path }) => secret.has(path) && [key, fields[0]?.componentKey].includes(componentKey));
    if (one)
      throw refuseResolution(
        one.componentKey,
        one.path,
        'has a value, and is of a secret: choose LOCAL or TEMPLATE, and give the value by updateComponent',
      );
  }
}

function sidesOf({ path, base, local, target }: FieldPlan): Parameters<typeof secretPlaces>[0][number] {
  return { path, sides: [base, local, target] };
}
