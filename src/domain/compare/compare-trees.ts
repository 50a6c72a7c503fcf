import { fieldKindOf, type FieldKind } from '../definition/fields.js';
import { flatten, unflatten, type Leaves, type Tree } from '../definition/leaves.js';
import { jsonEqual, type Json } from '../json.js';
import type { Pointer } from '../pointer.js';
import type { Risk } from './risk.js';

/** One leaf that is not the same on both sides. A side is undefined where the leaf is not there. */
export interface FieldDifference {
  readonly path: Pointer;
  readonly field: FieldKind;
  readonly change: 'ADDED' | 'REMOVED' | 'CHANGED';
  readonly before?: Json;
  readonly after?: Json;
  readonly risk?: Risk;
}

const NO_LEAVES: Leaves = new Map();

/** The leaves that differ, sorted by path. A tree that is not there has no leaves. Law: `compareTrees(a, a)` is empty. */
export function compareTrees(before: Tree | undefined, after: Tree | undefined): FieldDifference[] {
  const left = before ? flatten(before) : NO_LEAVES;
  const right = after ? flatten(after) : NO_LEAVES;
  const differences: FieldDifference[] = [];
  for (const [path, value] of left) {
    const other = right.get(path);
    if (!right.has(path)) differences.push({ path, field: fieldKindOf(path), change: 'REMOVED', before: value });
    else if (!jsonEqual(value, other)) {
      differences.push({ path, field: fieldKindOf(path), change: 'CHANGED', before: value, ...(other !== undefined && { after: other }) });
    }
  }
  for (const [path, value] of right) {
    if (!left.has(path)) differences.push({ path, field: fieldKindOf(path), change: 'ADDED', after: value });
  }
  return differences.sort(byPath);
}

/** Law: `applyDifferences(a, compareTrees(a, b))` is `b`. */
export function applyDifferences<T extends Tree>(before: T, differences: readonly FieldDifference[]): T {
  const leaves = new Map(flatten(before));
  for (const { path } of differences) leaves.delete(path);
  for (const { path, after } of differences) if (after !== undefined) leaves.set(path, after);
  return unflatten<T>(leaves);
}

export function byPath(left: { readonly path: Pointer }, right: { readonly path: Pointer }): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
