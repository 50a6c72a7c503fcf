import { byPath } from '../compare/compare-trees.js';
import { fieldKindOf, isEntryPath, type FieldKind } from '../definition/fields.js';
import { identitiesClash } from '../definition/identities.js';
import { asJson, isEnvVariable, leavesBelow, type Tree } from '../definition/leaves.js';
import { emptyRecord, isJsonObject, jsonEqual, type Json, type JsonObject } from '../json.js';
import { escapeToken, type Pointer } from '../pointer.js';
import { mergeTexts, type TextHunk } from './merge-texts.js';
import type { ThreeSides } from './three-sides.js';

export type MergeSide = 'BASE' | 'LOCAL' | 'TARGET' | 'RESULT';
export type MergeOutcome = 'TAKE_TEMPLATE' | 'KEEP_LOCAL' | 'CONVERGED' | 'MERGED' | 'CONFLICT' | 'RESOLVED';

/** What becomes of one place that either side changed. A side is undefined where nothing is at that place. */
export interface FieldMerge {
  readonly path: Pointer;
  readonly field: FieldKind;
  readonly base?: Json;
  readonly local?: Json;
  readonly target?: Json;
  /** Not there for a conflict that nobody settled. */
  readonly result?: Json;
  readonly outcome: MergeOutcome;
  /** Where texts of several lines clash, in order; of a conflict alone, and not of texts that are not merged by line. */
  readonly hunks?: readonly TextHunk[];
}

export type Choice = { readonly choice: 'LOCAL' | 'TEMPLATE' } | { readonly choice: 'VALUE'; readonly value: Json };

/**
 * Settles places: a choice for this very place whether it clashes or not, and for a place that clashes the policy's. Of a text of several lines
 * the former settles the whole, the latter the hunks that clash: what each side changed beside them stays.
 */
export interface Choices {
  at(path: Pointer): Choice | undefined;
  onConflict(path: Pointer): Choice | undefined;
}

export interface TreeMerge {
  /** The merged tree; a conflict that nobody settled stands in it as it is locally. */
  readonly result: JsonObject;
  /** In order of path; places that nobody changed are not in it. */
  readonly fields: readonly FieldMerge[];
}

type Sides = ThreeSides<Json | undefined>;

/**
 * Three-way merge of trees (base: what the install stands on, local: what it is, target: what the template has become), leaf by leaf:
 * a leaf that one side changed is that side's, a leaf that both changed alike is converged, a leaf that both changed differently is a
 * conflict. Deletion is a change like any other; when one side deletes an entry (a port, a volume, ...) in which the other changed a leaf, that
 * is one conflict at the entry; so it is when both come to different ways to probe, to different volumes at one mount, or one makes a secret of a
 * config file that the other changed. Texts of several lines that both changed are merged by line (`mergeTexts`). Where one side has an object and
 * another a scalar or a list, the place as a whole is merged like a leaf.
 *
 * Laws: with local equal to base the result is the target, with target equal to base it is the local; the order of keys does not matter.
 */
export function mergeTrees({ base, local, target }: ThreeSides<Tree>, choices: Choices): TreeMerge {
  const fields: FieldMerge[] = [];
  const result = mergeObjects('', { base: asJson(base), local: asJson(local), target: asJson(target) }, choices, fields);
  return { result: result ?? emptyRecord<Json>(), fields: fields.sort(byPath) };
}

function mergeNode(path: Pointer, sides: Sides, choices: Choices, fields: FieldMerge[]): Json | undefined {
  const said = choices.at(path);
  if (said) return settle(path, sides, said, fields);
  const conflict = isEntryPath(path) && deletedAgainst(sides);
  if (conflict === 'clash') return clash(path, sides, choices, fields);
  if (conflict === 'clean') return mergeDeletion(path, sides, fields);
  if (isEntryPath(path) && identitiesClash(path, sides)) return clash(path, sides, choices, fields);
  return isMap(path, sides) ? mergeObjects(path, sides, choices, fields) : mergeLeaf(path, sides, choices, fields);
}

/** Whether one side alone deleted what the base had, and if so whether the other side had changed it. */
function deletedAgainst({ base, local, target }: Sides): 'clash' | 'clean' | false {
  if (base === undefined || (local === undefined) === (target === undefined)) return false;
  return jsonEqual(base, local ?? target) ? 'clean' : 'clash';
}

/** An entry that one side deleted and the other left alone goes as a whole; its leaves are told one by one. */
function mergeDeletion(path: Pointer, { base, local, target }: Sides, fields: FieldMerge[]): undefined {
  for (const [leaf, value] of leavesBelow(base ?? null, path)) {
    fields.push({
      path: leaf,
      field: fieldKindOf(leaf),
      base: value,
      ...(local !== undefined && { local: value }),
      ...(target !== undefined && { target: value }),
      outcome: local === undefined ? 'KEEP_LOCAL' : 'TAKE_TEMPLATE',
    });
  }
}

/** Whether all sides that are there are objects to look into, and at least one has something in it. */
function isMap(path: Pointer, { base, local, target }: Sides): boolean {
  if (isEnvVariable(path)) return false;
  const there = [base, local, target].filter((side) => side !== undefined);
  return there.every(isJsonObject) && there.some((side) => Object.keys(side).length > 0);
}

function mergeObjects(path: Pointer, sides: Sides, choices: Choices, fields: FieldMerge[]): JsonObject | undefined {
  const result = emptyRecord<Json>();
  for (const key of keysOf(sides)) {
    const below = { base: member(sides.base, key), local: member(sides.local, key), target: member(sides.target, key) };
    const merged = mergeNode(`${path}/${escapeToken(key)}`, below, choices, fields);
    if (merged !== undefined) result[key] = merged;
  }
  return Object.keys(result).length > 0 || staysEmpty(path, sides) ? result : undefined;
}

/** An object that the merge emptied is left out, but within `extra`, where an empty object says something, it is there as presence merges. */
function staysEmpty(path: Pointer, { base, local, target }: Sides): boolean {
  if (!path.startsWith('/extra/')) return false;
  const changedLocally = (local === undefined) !== (base === undefined);
  return (changedLocally ? local : target) !== undefined;
}

function keysOf({ base, local, target }: Sides): string[] {
  const keys = new Set<string>();
  for (const side of [base, local, target]) if (isJsonObject(side)) for (const key of Object.keys(side)) keys.add(key);
  return [...keys].sort();
}

function member(side: Json | undefined, key: string): Json | undefined {
  return isJsonObject(side) && Object.hasOwn(side, key) ? side[key] : undefined;
}

function mergeLeaf(path: Pointer, sides: Sides, choices: Choices, fields: FieldMerge[]): Json | undefined {
  const { base, local, target } = sides;
  const changedLocally = !jsonEqual(base, local);
  const changedInTemplate = !jsonEqual(base, target);
  if (!changedLocally && !changedInTemplate) return base;
  if (changedLocally && changedInTemplate && !jsonEqual(local, target)) {
    const texts = textsOf(path, sides);
    return texts ? mergeText(path, texts, choices, fields) : clash(path, sides, choices, fields);
  }
  const result = changedLocally ? local : target;
  const outcome = !changedInTemplate ? 'KEEP_LOCAL' : changedLocally ? 'CONVERGED' : 'TAKE_TEMPLATE';
  fields.push(fieldMerge(path, sides, outcome, result));
  return result;
}

/** The sides where all are texts and one has several lines; a variable of `env` is one value, whatever is in it. */
function textsOf(path: Pointer, { base, local, target }: Sides): ThreeSides<string> | undefined {
  if (typeof base !== 'string' || typeof local !== 'string' || typeof target !== 'string' || isEnvVariable(path)) return undefined;
  return [base, local, target].some((text) => text.includes('\n')) ? { base, local, target } : undefined;
}

function mergeText(path: Pointer, texts: ThreeSides<string>, choices: Choices, fields: FieldMerge[]): Json | undefined {
  const merge = mergeTexts(texts);
  if (!merge) return clash(path, texts, choices, fields);
  const choice = choices.onConflict(path);
  if (merge.hunks.length > 0 && !choice) {
    fields.push({ ...fieldMerge(path, texts, 'CONFLICT', undefined), hunks: merge.hunks });
    return texts.local;
  }
  if (merge.hunks.length > 0 && choice?.choice === 'VALUE') return settle(path, texts, choice, fields);
  const result = merge.with(choice?.choice === 'TEMPLATE' ? 'target' : 'local');
  fields.push(fieldMerge(path, texts, merge.hunks.length > 0 ? 'RESOLVED' : 'MERGED', result));
  return result;
}

function clash(path: Pointer, sides: Sides, choices: Choices, fields: FieldMerge[]): Json | undefined {
  const choice = choices.onConflict(path);
  if (choice) return settle(path, sides, choice, fields);
  fields.push(fieldMerge(path, sides, 'CONFLICT', undefined));
  return sides.local;
}

function settle(path: Pointer, sides: Sides, choice: Choice, fields: FieldMerge[]): Json | undefined {
  const result = choice.choice === 'VALUE' ? choice.value : choice.choice === 'LOCAL' ? sides.local : sides.target;
  fields.push(fieldMerge(path, sides, 'RESOLVED', result));
  return result;
}

function fieldMerge(path: Pointer, { base, local, target }: Sides, outcome: MergeOutcome, result: Json | undefined): FieldMerge {
  return {
    path,
    field: fieldKindOf(path),
    ...(base !== undefined && { base }),
    ...(local !== undefined && { local }),
    ...(target !== undefined && { target }),
    ...(result !== undefined && { result }),
    outcome,
  };
}

/** Which sides have something at the place, for a reader who cannot tell null from nothing. */
export function sidesPresent(field: FieldMerge): MergeSide[] {
  const sides: readonly (readonly [MergeSide, Json | undefined])[] = [
    ['BASE', field.base],
    ['LOCAL', field.local],
    ['TARGET', field.target],
    ['RESULT', field.result],
  ];
  return sides.filter(([, value]) => value !== undefined).map(([side]) => side);
}
