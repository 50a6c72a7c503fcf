import { sidesPresent } from '../../domain/merge/merge-trees.js';
import { secretPlaces } from '../../domain/definition/open-values.js';
import type { FieldPlan as DomainField, UpgradePlan as DomainPlan } from '../../domain/upgrade/plan.js';
import type { FieldPlan, UpgradePlan, VersionNotes } from './plan.types.js';

/** The fields of one component, the sides of secrets left out. */
export function toFieldPlans(fields: readonly DomainField[]): FieldPlan[] {
  const secret = secretsIn(fields);
  return fields.map((field) => toFieldPlan(field, secret.has(field.path)));
}

function secretsIn(fields: readonly DomainField[]): ReadonlySet<string> {
  return secretPlaces(fields.map(({ path, base, local, target, result }) => ({ path, sides: [base, local, target, result] })));
}

function toFieldPlan(field: DomainField, secret: boolean): FieldPlan {
  const shown = { ...field, presentIn: sidesPresent(field), secret };
  return secret ? { ...shown, base: null, local: null, target: null, result: null, hunks: null } : shown;
}

/** What is secret is told by all fields of its component. */
function isSecretIn({ components }: DomainPlan, field: DomainField): boolean {
  const component = components.find(({ fields }) => fields.includes(field));
  return component !== undefined && secretsIn(component.fields).has(field.path);
}

export function toUpgradePlan(appId: string, plan: DomainPlan, notes: VersionNotes[]): UpgradePlan {
  const fields = [...plan.components.flatMap((component) => component.fields), ...plan.appFields];
  return {
    appId,
    installationId: plan.installationId,
    fromVersion: plan.fromVersion,
    toVersion: plan.toVersion,
    fingerprint: plan.fingerprint,
    components: [
      ...plan.components.map(({ componentId, templateComponentId, key, action, fields: own }) => ({
        componentId: componentId ?? null,
        templateComponentId,
        key,
        action,
        fields: toFieldPlans(own),
      })),
      ...plan.followers.map(({ componentId, key, fields: own }) => ({
        componentId,
        templateComponentId: null,
        key,
        action: 'UPDATE',
        fields: toFieldPlans(own),
      })),
    ],
    appFields: toFieldPlans(plan.appFields),
    conflicts: plan.conflicts.map((field) => toFieldPlan(field, isSecretIn(plan, field))),
    problems: plan.problems.map(({ clash, ...problem }) => ({
      ...problem,
      proposal: clash?.proposal ?? null,
      dependants: clash?.dependants ?? [],
      namedBy: clash?.namedBy ?? [],
    })),
    risks: fields.flatMap(({ risk }) => (risk ? [risk] : [])),
    notes,
    pending: plan.pending.map((each) => ({ ...each, componentId: each.componentId ?? null, fromVersion: each.fromVersion ?? null })),
    applicable: plan.conflicts.length === 0 && plan.problems.length === 0,
  };
}
