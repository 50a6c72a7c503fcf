import { sidesPresent } from '../../domain/merge/merge-trees.js';
import type { FieldPlan as DomainField, UpgradePlan as DomainPlan } from '../../domain/upgrade/plan.js';
import type { FieldPlan, UpgradePlan, VersionNotes } from './plan.types.js';

export function toFieldPlan(field: DomainField): FieldPlan {
  return { ...field, presentIn: sidesPresent(field), secret: false };
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
        fields: own.map(toFieldPlan),
      })),
      ...plan.followers.map(({ componentId, key, fields: own }) => ({
        componentId,
        templateComponentId: null,
        key,
        action: 'UPDATE',
        fields: own.map(toFieldPlan),
      })),
    ],
    appFields: plan.appFields.map(toFieldPlan),
    conflicts: plan.conflicts.map(toFieldPlan),
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
