import { localDefinition } from '../app/components.js';
import { outside, renameReferences, requiredNeeds } from '../app/references.js';
import { compareTrees, type FieldDifference } from '../compare/compare-trees.js';
import type { Risk } from '../compare/risk.js';
import { withRisks } from '../compare/risks.js';
import type { ContentLookup } from '../definition/content.js';
import type { Definition } from '../definition/definition.js';
import { asJson, flatten } from '../definition/leaves.js';
import { diffTrees, type Patch } from '../definition/patch.js';
import { toDefinition } from '../definition/schema.js';
import type { Digest, TemplateComponentId } from '../ids.js';
import type { InstalledComponent } from '../app/state.js';
import { keysInTarget, type Manifest, type ManifestEntry } from '../template/manifest.js';
import { fieldKindOf } from '../definition/fields.js';
import { jsonEqual } from '../json.js';
import { mergeTrees, type Choices, type MergeOutcome } from '../merge/merge-trees.js';
import { refuseResolution, type PlanChoices } from './choices.js';
import type { ComponentPlan, FieldPlan, PlanAction } from './plan.js';

/** One component as the three sides have it. */
export interface ComponentCase {
  /** The key that the plan shows where no resolution changes it, unique within the plan. */
  readonly name: string;
  readonly entry: ManifestEntry | undefined;
  readonly local: InstalledComponent | undefined;
  /** What it stands on; of an excluded one what the current version has. */
  readonly base: Digest | undefined;
  readonly templateComponentId: TemplateComponentId;
}

export interface PlanContext {
  readonly base: Manifest;
  readonly target: Manifest;
  readonly choices: PlanChoices;
  /** Keys that are new in the target, and were taken in the app: what depended on them there still does. */
  readonly clashing: ReadonlySet<string>;
  readonly lookup: ContentLookup;
}

/** A component's plan, with what the checks of the plan as a whole need to know of the result. */
export interface PlannedComponent {
  readonly plan: ComponentPlan;
  /** Key in the app afterwards; undefined where it is not there. */
  readonly key: string | undefined;
  /** Key in the target version, where it has the component. */
  readonly templateKey: string | undefined;
  /** What it cannot be without afterwards, in the keys of the target. */
  readonly needs: readonly string[];
  /** What it could not be without before, in the keys of the base. */
  readonly needed: readonly string[];
}

export function planComponent(each: ComponentCase, context: PlanContext): PlannedComponent {
  const { entry, local } = each;
  const choices = context.choices.of(each.name, { local: local?.key, template: entry?.key });
  if (!local) return entry ? planAbsent(each, entry, choices, context) : neither();
  if (!entry) return local.kept ? planKept(each, context) : planRemoved(each, choices, context);
  if (each.base === entry.digest && !local.patch) return leaveAlone(each, entry);
  return planMerge(each, entry, choices, context);
}

/** Not at the install: new in the target, or deleted at the install before. */
function planAbsent(each: ComponentCase, entry: ManifestEntry, choices: Choices, context: PlanContext): PlannedComponent {
  const target = context.lookup.definition(entry.digest);
  if (!each.base) return planAdded(each, target, choices, entry);
  const choice = choices.at('');
  if (choice?.choice === 'VALUE') throw refuseResolution(each.name, '', 'has a value: choose LOCAL or TEMPLATE for a whole component');
  if (choice?.choice === 'TEMPLATE') return planAdded(each, target, choices, entry);
  const changes = each.base === entry.digest ? [] : compareTrees(context.lookup.definition(each.base), target);
  const fields = changes.map(({ path, field, before, after }): FieldPlan => ({
    componentKey: each.name,
    path,
    field,
    ...(before !== undefined && { base: before }),
    ...(after !== undefined && { target: after }),
    outcome: 'KEEP_LOCAL',
  }));
  const plan = { ...identity(each), componentId: undefined, action: 'EXCLUDED' as const, fields, change: undefined };
  return { plan, key: undefined, templateKey: entry.key, needs: [], needed: [] };
}

function planAdded(each: ComponentCase, target: Definition, choices: Choices, entry: ManifestEntry): PlannedComponent {
  const leaves = [...flatten(target)];
  const chosen = leaves.map(([path, value]) => {
    const choice = choices.at(path);
    return { path, value, choice, result: choice?.choice === 'VALUE' ? choice.value : value };
  });
  const tree = {
    ...asJson(target),
    ...Object.fromEntries(chosen.filter(({ path }) => path === '/key').map(({ result }) => ['key', result])),
  };
  const other = chosen.find(({ path, choice }) => choice && path !== '/key');
  if (other) throw refuseResolution(each.name, other.path, 'is of a component that is new: only its /key can be chosen');
  const result = toDefinition(tree);
  const name = result.key === target.key ? each.name : result.key;
  const fields = chosen.map(({ path, value, choice, result: taken }): FieldPlan => ({
    componentKey: name,
    path,
    field: fieldKindOf(path),
    target: value,
    result: taken,
    outcome: choice ? 'RESOLVED' : 'TAKE_TEMPLATE',
  }));
  return {
    plan: {
      ...identity(each),
      key: name,
      action: 'ADD',
      fields,
      change: {
        key: result.key,
        previousKey: undefined,
        base: undefined,
        basePatch: undefined,
        target: entry.digest,
        targetPatch: diffTrees(target, result),
      },
    },
    key: result.key,
    templateKey: entry.key,
    needs: requiredNeeds(result),
    needed: [],
  };
}

function planRemoved(each: ComponentCase, choices: Choices, context: PlanContext): PlannedComponent {
  const local = installed(each);
  const definition = localDefinition(local, context.lookup);
  const conflict = local.patch !== undefined;
  const choice = choices.at('') ?? (conflict ? choices.onConflict('') : undefined);
  if (choice?.choice === 'VALUE') throw refuseResolution(each.name, '', 'has a value: choose LOCAL or TEMPLATE for a whole component');
  const keep = choice?.choice === 'LOCAL' || (conflict && !choice);
  const outcome: MergeOutcome = choice ? 'RESOLVED' : conflict ? 'CONFLICT' : 'TAKE_TEMPLATE';
  const base = context.lookup.definition(local.base);
  const kept = renameReferences(definition, keysInTarget(context.base, context.target));
  const gone = withRisks(definition, undefined, compareTrees(definition, undefined));
  const risk = keep ? undefined : worstRisk(gone);
  const whole: FieldPlan = {
    componentKey: each.name,
    path: '',
    field: 'COMPONENT',
    base: asJson(base),
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
  const change = {
    key: local.key,
    previousKey: undefined,
    base: local.base,
    basePatch: local.patch,
    target: undefined,
    targetPatch: keep ? diffTrees(base, kept) : undefined,
  };
  const plan: ComponentPlan = { ...identity(each), action: keep ? 'KEEP' : 'REMOVE', fields, change };
  if (!keep) return { plan, key: undefined, templateKey: undefined, needs: [], needed: [] };
  return { plan, key: local.key, templateKey: undefined, needs: requiredNeeds(kept), needed: requiredNeeds(definition) };
}

/** What is told of a component that goes as one: its volumes first, since they do not come back. */
function worstRisk(differences: readonly FieldDifference[]): Risk | undefined {
  const risks = differences.flatMap(({ risk }) => (risk ? [risk] : []));
  const lost = risks.filter(({ code }) => code === 'DATA_LOSS');
  const [first] = lost.length > 0 ? lost : risks;
  return first && { code: first.code, message: (lost.length > 0 ? lost : risks).map(({ message }) => message).join('; ') };
}

/** Kept against the template before: it stays as it is, its references under the names that its siblings have in the target. */
function planKept(each: ComponentCase, context: PlanContext): PlannedComponent {
  const local = installed(each);
  const before = localDefinition(local, context.lookup);
  const after = renameReferences(before, keysInTarget(context.base, context.target));
  const change = {
    key: local.key,
    previousKey: undefined,
    base: local.base,
    basePatch: local.patch,
    target: undefined,
    targetPatch: diffTrees(context.lookup.definition(local.base), after),
  };
  const plan: ComponentPlan = { ...identity(each), action: 'KEEP', fields: [], change: after === before ? undefined : change };
  return { plan, key: local.key, templateKey: undefined, needs: requiredNeeds(after), needed: requiredNeeds(before) };
}

function leaveAlone(each: ComponentCase, entry: ManifestEntry): PlannedComponent {
  return {
    plan: { ...identity(each), action: 'KEEP', fields: [], change: undefined },
    key: entry.key,
    templateKey: entry.key,
    needs: entry.needs,
    needed: entry.needs,
  };
}

function planMerge(each: ComponentCase, entry: ManifestEntry, choices: Choices, context: PlanContext): PlannedComponent {
  const local = installed(each);
  const { lookup } = context;
  const toTarget = keysInTarget(context.base, context.target);
  const target = lookup.definition(entry.digest);
  const base = renameReferences(lookup.definition(local.base), toTarget);
  const here = localDefinition(local, lookup);
  const before = renameReferences(here, localToTarget(base, toTarget, context));
  const merged = mergeTrees({ base, local: before, target }, choices);
  const result = toDefinition(merged.result);
  const risks = new Map(withRisks(before, result, compareTrees(before, result)).map(({ path, risk }) => [path, risk]));
  const fields = merged.fields.map((field): FieldPlan => {
    const risk = risks.get(field.path) ?? riskWithin(field.path, risks);
    return { ...field, componentKey: result.key, ...(risk && { risk }) };
  });
  const targetPatch = diffTrees(target, result);
  const untouched = local.base === entry.digest && !local.kept && samePatch(targetPatch, local.patch && lookup.patch(local.patch));
  const action: PlanAction = untouched ? 'KEEP' : 'UPDATE';
  const change = {
    key: result.key,
    previousKey: result.key === local.key ? undefined : local.key,
    base: local.base,
    basePatch: local.patch,
    target: entry.digest,
    targetPatch,
  };
  const plan: ComponentPlan = { ...identity(each), key: result.key, action, fields, change: untouched ? undefined : change };
  return { plan, key: result.key, templateKey: entry.key, needs: requiredNeeds(result), needed: requiredNeeds(here) };
}

/**
 * The keys of local references in those of the target. What only the install depends on, outside the template, stays that when the target has a
 * new component of the same key.
 */
function localToTarget({ dependsOn = {} }: Definition, toTarget: (key: string) => string, context: PlanContext): (key: string) => string {
  return (key) => (context.clashing.has(key) && !Object.hasOwn(dependsOn, key) ? outside(key) : toTarget(key));
}

function samePatch(left: Patch | undefined, right: Patch | undefined): boolean {
  return left && right ? jsonEqual({ ...left }, { ...right }) : left === right;
}

/** The risk of a place that is told as a whole is that of any leaf in it. */
function riskWithin(path: string, risks: ReadonlyMap<string, FieldPlan['risk']>): FieldPlan['risk'] {
  for (const [leaf, risk] of risks) if (risk && leaf.startsWith(`${path}/`)) return risk;
  return undefined;
}

function identity(each: ComponentCase): Pick<ComponentPlan, 'componentId' | 'templateComponentId' | 'key'> {
  return { componentId: each.local?.componentId, templateComponentId: each.templateComponentId, key: each.name };
}

function installed({ local }: ComponentCase): NonNullable<ComponentCase['local']> {
  return local ?? neither();
}

function neither(): never {
  throw new Error('a component on neither side');
}
