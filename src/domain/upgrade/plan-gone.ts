import { localDefinition } from '../app/components.js';
import { renameReferences, requiredNeeds } from '../app/references.js';
import { compareTrees, type FieldDifference } from '../compare/compare-trees.js';
import type { Risk } from '../compare/risk.js';
import { withRisks } from '../compare/risks.js';
import { asJson } from '../definition/leaves.js';
import { diffTrees } from '../definition/patch.js';
import type { Choices, MergeOutcome } from '../merge/merge-trees.js';
import { refuseResolution } from './choices.js';
import { identityOf, type CaseWith, type PlanContext, type PlannedComponent } from './component-case.js';
import type { ComponentPlan, FieldPlan } from './plan.js';
import { absenceIn } from './target.js';

/** At the install and not in the target: it goes, unless it is kept by choice. Where the install changed it, that is asked. */
export function planRemoved(each: CaseWith<'local'>, choices: Choices, context: PlanContext): PlannedComponent {
  const { local, ancestor } = each;
  const { lookup, keyspaces, target } = context;
  const definition = localDefinition(local, lookup);
  const base = lookup.definition(local.base);
  const conflict = ancestor ? diffTrees(ancestor, definition) !== undefined : local.patch !== undefined;
  const choice = choices.at('') ?? (conflict ? choices.onConflict('') : undefined);
  if (choice?.choice === 'VALUE') throw refuseResolution(each.name, '', 'has a value: choose LOCAL or TEMPLATE for a whole component');
  const keep = choice?.choice === 'LOCAL' || (conflict && !choice);
  const outcome: MergeOutcome = choice ? 'RESOLVED' : conflict ? 'CONFLICT' : 'TAKE_TEMPLATE';
  const gone = withRisks(definition, undefined, compareTrees(definition, undefined));
  const risk = keep ? undefined : worstRisk(gone);
  const whole: FieldPlan = {
    componentKey: each.name,
    path: '',
    field: 'COMPONENT',
    base: asJson(ancestor ?? base),
    local: asJson(definition),
    ...(choice && keep && { result: asJson(definition) }),
    outcome,
    ...(risk && { risk }),
  };
  const leaves = gone.map(({ path, field, before, risk: own }): FieldPlan => ({
    componentKey: each.name,
    path,
    field,
    ...(before !== undefined && { base: before, local: before }),
    outcome: 'TAKE_TEMPLATE',
    ...(own && { risk: own }),
  }));
  const fields = conflict || choice ? [whole] : leaves;
  const stood = { key: local.key, previousKey: undefined, base: local.base, basePatch: local.patch, target: undefined };
  if (!keep) {
    const absence = absenceIn(target, each.templateComponentId);
    const change = {
      ...stood,
      targetPatch: undefined,
      version: absence.kind === 'removed' ? absence.version : undefined,
      kept: false,
      mapped: false,
      unrelated: local.mapped,
      excluded: absence.kind === 'excluded',
    };
    return { plan: { ...identityOf(each), action: 'REMOVE', fields, change }, local, after: undefined, needed: [] };
  }
  const kept = renameReferences(definition, keyspaces.ofTemplate(local.keyspace, context.keptIn));
  const change = {
    ...stood,
    targetPatch: diffTrees(base, kept),
    version: local.version,
    kept: true,
    mapped: local.mapped,
    unrelated: local.mapped,
    excluded: false,
  };
  const after = {
    key: local.key,
    templateKey: local.templateKey,
    keyspace: context.keptIn,
    needs: requiredNeeds(kept),
    definition: () => kept,
  };
  return { plan: { ...identityOf(each), action: 'KEEP', fields, change }, local, after, needed: requiredNeeds(definition) };
}

/** What is told of a component that goes as one: its volumes first, since they do not come back. */
function worstRisk(differences: readonly FieldDifference[]): Risk | undefined {
  const risks = differences.flatMap(({ risk }) => (risk ? [risk] : []));
  const lost = risks.filter(({ code }) => code === 'DATA_LOSS');
  const [first] = lost.length > 0 ? lost : risks;
  return first && { code: first.code, message: (lost.length > 0 ? lost : risks).map(({ message }) => message).join('; ') };
}

/** Kept against the template before: it stays as it is, its references under the names that its siblings have in the target. */
export function planKept(each: CaseWith<'local'>, { keyspaces, lookup, keptIn }: PlanContext): PlannedComponent {
  const { local } = each;
  const before = localDefinition(local, lookup);
  const after = renameReferences(before, keyspaces.ofTemplate(local.keyspace, keptIn));
  const change = {
    key: local.key,
    previousKey: undefined,
    base: local.base,
    basePatch: local.patch,
    target: undefined,
    targetPatch: diffTrees(lookup.definition(local.base), after),
    version: local.version,
    kept: true,
    mapped: local.mapped,
    unrelated: local.mapped,
    excluded: false,
  };
  const plan: ComponentPlan = { ...identityOf(each), action: 'KEEP', fields: [], change: after === before ? undefined : change };
  const standing = {
    key: local.key,
    templateKey: local.templateKey,
    keyspace: keptIn,
    needs: requiredNeeds(after),
    definition: () => after,
  };
  return { plan, local, after: standing, needed: requiredNeeds(before) };
}
