import { localDefinition } from '../app/components.js';
import { requiredNeeds } from '../app/references.js';
import { has, identityOf, lackedOf, type CaseWith, type ComponentCase, type PlanContext, type PlannedComponent } from './component-case.js';
import { planAbsent, planOtherwiseAbsent } from './plan-absent.js';
import { planKept, planRemoved } from './plan-gone.js';
import { isAsWanted, planMerge } from './plan-merge.js';

/** Plans one component that is to be moved. */
export function planComponent(each: ComponentCase, context: PlanContext): PlannedComponent {
  const choices = context.choices.of(each.name, { local: each.local?.key, template: each.target?.key });
  if (has(each, 'local')) {
    if (!has(each, 'target')) {
      const stays = each.local.kept && context.target.kind === 'UPGRADE';
      return stays ? planKept(each, context) : planRemoved(each, choices, context);
    }
    return isUntouched(each, context) ? leaveAlone(each, context) : planMerge(each, choices, context);
  }
  if (has(each, 'target')) return planAbsent(each, choices, context);
  return planOtherwiseAbsent(each, context);
}

/** A component that a partial upgrade leaves where it is. */
export function planStill(each: CaseWith<'local'>, { keyspaces, lookup }: PlanContext): PlannedComponent {
  const { local } = each;
  const needs =
    local.patch || local.kept ? requiredNeeds(localDefinition(local, lookup)) : keyspaces.needsOf(local.version, local.templateComponentId);
  return {
    plan: { ...identityOf(each), action: 'KEEP', fields: [], change: undefined },
    local,
    after: {
      key: local.key,
      templateKey: local.templateKey,
      keyspace: local.keyspace,
      needs,
      definition: () => localDefinition(local, lookup),
    },
    needed: needs,
  };
}

/** Whether nothing has to be read to see that it stays as it is. */
export function isUntouched(each: CaseWith<'local'> & CaseWith<'target'>, context: Pick<PlanContext, 'target' | 'current'>): boolean {
  return !each.local.patch && !each.target.patch && !each.ancestor && isAsWanted(each, context);
}

function leaveAlone(each: CaseWith<'local'> & CaseWith<'target'>, context: PlanContext): PlannedComponent {
  const { local, target } = each;
  const { keyspaces } = context;
  const needs = keyspaces.needsOf(target.version, each.templateComponentId);
  return {
    plan: { ...identityOf(each), action: 'KEEP', fields: [], change: undefined },
    local,
    after: {
      key: target.key,
      templateKey: target.templateKey,
      keyspace: target.keyspace,
      needs,
      lacked: lackedOf(target, needs, context),
      definition: () => context.lookup.definition(target.base),
    },
    needed: keyspaces.needsOf(local.version, each.templateComponentId),
  };
}
