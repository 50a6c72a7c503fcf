import { withRisks } from '../compare/risks.js';
import { compareTrees } from '../compare/compare-trees.js';
import { fieldKindOf } from '../definition/fields.js';
import { asJson, flatten, type Tree } from '../definition/leaves.js';
import type { Definition } from '../definition/definition.js';
import { isJsonObject, jsonEqual, type Json } from '../json.js';
import { mergeTrees, type Choice, type Choices, type FieldMerge } from '../merge/merge-trees.js';
import { parsePointer, type Pointer } from '../pointer.js';
import type { FieldPlan } from './plan.js';

/** What an upgrade made of one tree: the three sides that it decided on, and what came of them. */
export interface UpgradeOutcome {
  readonly componentKey: string;
  readonly base: Tree | undefined;
  readonly local: Tree | undefined;
  readonly target: Tree | undefined;
  readonly result: Tree | undefined;
  /** Places that were settled by name. */
  readonly settled: ReadonlySet<Pointer>;
}

/** Tells field by field what an upgrade did, from what it recorded: the same merge, with the choices read off the result. */
export function explainUpgrade({ componentKey, base, local, target, result, settled }: UpgradeOutcome): FieldPlan[] {
  const risks = risksOf(local, result);
  const withRisk = (field: Omit<FieldPlan, 'componentKey' | 'risk'>): FieldPlan => {
    const risk = risks.get(field.path);
    return { ...field, componentKey, ...(risk && { risk }) };
  };
  if (base && local && target && result) {
    return mergeTrees({ base, local, target }, choicesOf(local, target, result, settled)).fields.map((field) =>
      withRisk(asRecorded(field, result)),
    );
  }
  const outcome = settled.size > 0 ? 'RESOLVED' : 'TAKE_TEMPLATE';
  if (target) {
    const after = result ?? target;
    return [...flatten(target)].map(([path, value]) => {
      const taken = valueAt(after, path);
      const same = jsonEqual(taken, value);
      return withRisk({
        path,
        field: fieldKindOf(path),
        target: value,
        ...(taken !== undefined && { result: taken }),
        outcome: same ? 'TAKE_TEMPLATE' : 'RESOLVED',
      });
    });
  }
  if (!local) return [];
  if (result) {
    return [
      withRisk({
        path: '',
        field: 'COMPONENT',
        ...(base && { base: asJson(base) }),
        local: asJson(local),
        result: asJson(result),
        outcome: 'RESOLVED',
      }),
    ];
  }
  return [...flatten(local)].map(([path, value]) => {
    const before = base && valueAt(base, path);
    return withRisk({ path, field: fieldKindOf(path), ...(before !== undefined && { base: before }), local: value, outcome });
  });
}

/** A text that was not merged by line, as upgrades once did, or not as it would be now, was settled. */
function asRecorded(field: FieldMerge, result: Tree): FieldMerge {
  if (field.outcome !== 'MERGED') return field;
  const taken = valueAt(result, field.path);
  if (taken === undefined || jsonEqual(taken, field.result)) return field;
  return { ...field, result: taken, outcome: 'RESOLVED' };
}

function choicesOf(local: Tree, target: Tree, result: Tree, settled: ReadonlySet<Pointer>): Choices {
  const choice = (path: Pointer): Choice => {
    const taken = valueAt(result, path);
    if (jsonEqual(taken, valueAt(local, path))) return { choice: 'LOCAL' };
    if (taken === undefined || jsonEqual(taken, valueAt(target, path))) return { choice: 'TEMPLATE' };
    return { choice: 'VALUE', value: taken };
  };
  /** A policy settles the hunks of a text, which then need be neither side's: what there is is the choice. */
  const value = (path: Pointer): Choice => {
    const taken = valueAt(result, path);
    return typeof taken === 'string' ? { choice: 'VALUE', value: taken } : choice(path);
  };
  return { at: (path) => (settled.has(path) ? choice(path) : undefined), onConflict: value };
}

function risksOf(local: Tree | undefined, result: Tree | undefined): ReadonlyMap<Pointer, FieldPlan['risk']> {
  if (!local || !isDefinition(local) || (result && !isDefinition(result))) return new Map();
  return new Map(withRisks(local, result, compareTrees(local, result)).map(({ path, risk }) => [path, risk]));
}

function isDefinition(tree: Tree): tree is Definition {
  return 'key' in tree;
}

/** The value at a place of a tree; undefined where there is none. */
function valueAt(tree: Tree, path: Pointer): Json | undefined {
  let value: Json | undefined = asJson(tree);
  for (const token of parsePointer(path) ?? []) {
    value = isJsonObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}
