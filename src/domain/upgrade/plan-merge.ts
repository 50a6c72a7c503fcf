import { localDefinition } from '../app/components.js';
import { renameReferences, requiredNeeds } from '../app/references.js';
import { compareTrees } from '../compare/compare-trees.js';
import { withRisks } from '../compare/risks.js';
import { diffTrees, type Patch } from '../definition/patch.js';
import { toDefinition } from '../definition/schema.js';
import { jsonEqual } from '../json.js';
import { mergeTrees, type Choices } from '../merge/merge-trees.js';
import { identityOf, lackedOf, type CaseWith, type PlanContext, type PlannedComponent } from './component-case.js';
import type { ComponentPlan, FieldPlan } from './plan.js';

type Case = CaseWith<'local'> & CaseWith<'target'>;

/** What two definitions have in common that came from different places. */
const NOTHING = {};

/** On both sides: merged leaf by leaf. */
export function planMerge(each: Case, choices: Choices, context: PlanContext): PlannedComponent {
  const { local, target } = each;
  const { lookup, keyspaces } = context;
  const standsOn = each.ancestor ?? lookup.definition(local.base);
  const here = localDefinition(local, lookup);
  const unrelated = local.mapped && !each.ancestor && context.target.kind === 'UPGRADE';
  const base = unrelated ? NOTHING : renameReferences(standsOn, keyspaces.ofTemplate(local.keyspace, target.keyspace));
  const before = renameReferences(here, keyspaces.ofInstall(standsOn, local.keyspace, target.keyspace));
  const wanted = localDefinition(target, lookup);
  const merged = mergeTrees({ base, local: before, target: wanted }, choices);
  const result = toDefinition(merged.result);
  const risks = new Map(withRisks(before, result, compareTrees(before, result)).map(({ path, risk }) => [path, risk]));
  const fields = merged.fields.map((field): FieldPlan => {
    const risk = risks.get(field.path) ?? riskWithin(field.path, risks);
    return { ...field, componentKey: result.key, ...(risk && { risk }) };
  });
  const targetPatch = diffTrees(lookup.definition(target.base), result);
  const stays = isAsWanted(each, context) && samePatch(targetPatch, local.patch && lookup.patch(local.patch));
  const change = {
    key: result.key,
    previousKey: result.key === local.key ? undefined : local.key,
    base: local.base,
    basePatch: local.patch,
    target: target.base,
    targetPatch,
    version: target.version,
    kept: target.kept,
    mapped: target.mapped,
    unrelated,
    excluded: false,
  };
  const identity = { ...identityOf(each), key: result.key };
  const plan: ComponentPlan = stays
    ? { ...identity, action: 'KEEP', fields, change: undefined }
    : { ...identity, action: 'UPDATE', fields, change };
  const after = {
    key: result.key,
    templateKey: target.templateKey,
    keyspace: target.keyspace,
    needs: requiredNeeds(result),
    lacked: lackedOf(target, requiredNeeds(wanted), context),
    definition: () => result,
  };
  return { plan, local, after, needed: requiredNeeds(here) };
}

/**
 * Whether a component comes to stand as the target wants it with no event of its own: on the same base, and at the version of the installation
 * or ahead of it as before. The end of an upgrade brings those that were ahead to the version of the others.
 */
export function isAsWanted(
  { local, target }: Case,
  { target: { kind, version }, current }: Pick<PlanContext, 'target' | 'current'>,
): boolean {
  if (local.kept || target.kept || local.base !== target.base) return false;
  if (kind === 'UPGRADE') return true;
  const isAhead = local.version !== current;
  return target.version === version ? !isAhead || local.version === version : isAhead && local.version === target.version;
}

function samePatch(left: Patch | undefined, right: Patch | undefined): boolean {
  return left && right ? jsonEqual({ ...left }, { ...right }) : left === right;
}

/** The risk of a place that is told as a whole is that of any leaf in it. */
function riskWithin(path: string, risks: ReadonlyMap<string, FieldPlan['risk']>): FieldPlan['risk'] {
  for (const [leaf, risk] of risks) if (risk && leaf.startsWith(`${path}/`)) return risk;
  return undefined;
}
