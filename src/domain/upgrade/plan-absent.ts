import { localDefinition } from '../app/components.js';
import { requiredNeeds } from '../app/references.js';
import { compareTrees } from '../compare/compare-trees.js';
import { fieldKindOf } from '../definition/fields.js';
import { asJson, flatten } from '../definition/leaves.js';
import { diffTrees } from '../definition/patch.js';
import { toDefinition } from '../definition/schema.js';
import type { Choices } from '../merge/merge-trees.js';
import { refuseResolution } from './choices.js';
import { identityOf, lackedOf, type CaseWith, type ComponentCase, type PlanContext, type PlannedComponent } from './component-case.js';
import type { ComponentChange, FieldPlan } from './plan.js';
import { absenceIn, type Absence } from './target.js';

/** Not at the install: new in the target, or deleted at the install before. */
export function planAbsent(each: CaseWith<'target'>, choices: Choices, context: PlanContext): PlannedComponent {
  if (!each.excluded) return planAdded(each, choices, context);
  const choice = choices.at('');
  if (choice?.choice === 'VALUE') throw refuseResolution(each.name, '', 'has a value: choose LOCAL or TEMPLATE for a whole component');
  return choice?.choice === 'TEMPLATE' ? planAdded(each, choices, context) : planExcluded(each, context);
}

/** It stays away; what became of it in the template is told. */
function planExcluded(each: CaseWith<'target'>, { lookup }: PlanContext): PlannedComponent {
  const { current, target } = each;
  const changes = current && current !== target.base ? compareTrees(lookup.definition(current), localDefinition(target, lookup)) : [];
  const fields = changes.map(({ path, field, before, after }): FieldPlan => ({
    componentKey: each.name,
    path,
    field,
    ...(before !== undefined && { base: before }),
    ...(after !== undefined && { target: after }),
    outcome: 'KEEP_LOCAL',
  }));
  const change = each.absent?.kind === 'excluded' ? undefined : absentAs(each, { kind: 'excluded' });
  const plan = { ...identityOf(each), action: 'EXCLUDED' as const, fields, change };
  return { plan, local: undefined, after: undefined, needed: [] };
}

/** On neither side: it stays away, as the target has it. */
export function planOtherwiseAbsent(each: ComponentCase, { target }: PlanContext): PlannedComponent {
  const change = absentAs(each, absenceIn(target, each.templateComponentId));
  return { plan: { ...identityOf(each), action: 'EXCLUDED', fields: [], change }, local: undefined, after: undefined, needed: [] };
}

function absentAs({ name }: ComponentCase, absence: Absence): ComponentChange {
  return {
    key: name,
    previousKey: undefined,
    base: undefined,
    basePatch: undefined,
    target: undefined,
    targetPatch: undefined,
    version: absence.kind === 'removed' ? absence.version : undefined,
    kept: false,
    mapped: false,
    unrelated: false,
    excluded: absence.kind === 'excluded',
  };
}

function planAdded(each: CaseWith<'target'>, choices: Choices, context: PlanContext): PlannedComponent {
  const { target } = each;
  const { lookup } = context;
  const wanted = localDefinition(target, lookup);
  const leaves = [...flatten(wanted)];
  const chosen = leaves.map(([path, value]) => {
    const choice = choices.at(path);
    return { path, value, choice, result: choice?.choice === 'VALUE' ? choice.value : value };
  });
  const tree = {
    ...asJson(wanted),
    ...Object.fromEntries(chosen.filter(({ path }) => path === '/key').map(({ result }) => ['key', result])),
  };
  const other = chosen.find(({ path, choice }) => choice && path !== '/key');
  if (other) throw refuseResolution(each.name, other.path, 'is of a component that is new: only its /key can be chosen');
  const result = toDefinition(tree);
  const name = result.key === wanted.key ? each.name : result.key;
  const fields = chosen.map(({ path, value, choice, result: taken }): FieldPlan => ({
    componentKey: name,
    path,
    field: fieldKindOf(path),
    target: value,
    result: taken,
    outcome: choice ? 'RESOLVED' : 'TAKE_TEMPLATE',
  }));
  const change = {
    key: result.key,
    previousKey: undefined,
    base: undefined,
    basePatch: undefined,
    target: target.base,
    targetPatch: diffTrees(lookup.definition(target.base), result),
    version: target.version,
    kept: target.kept,
    mapped: target.mapped,
    unrelated: false,
    excluded: false,
  };
  return {
    plan: { ...identityOf(each), key: name, action: 'ADD', fields, change },
    local: undefined,
    after: {
      key: result.key,
      templateKey: target.templateKey,
      keyspace: target.keyspace,
      needs: requiredNeeds(result),
      lacked: lackedOf(target, requiredNeeds(wanted), context),
      definition: () => result,
    },
    needed: [],
  };
}
