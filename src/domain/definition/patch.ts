import { jsonEqual, type Json } from '../json.js';
import type { Pointer } from '../pointer.js';
import { flatten, unflatten, type Tree } from './leaves.js';

/**
 * Where a tree differs from another one: leaves that are set, leaves that are gone. Canonical: a leaf equal to the base is not in it, so that
 * equal patches have equal digests.
 */
export interface Patch {
  readonly set: Readonly<Record<Pointer, Json>>;
  /** Sorted. */
  readonly unset: readonly Pointer[];
}

/** The patch that makes `local` of `base`; undefined where they are the same. */
export function diffTrees(base: Tree, local: Tree): Patch | undefined {
  const before = flatten(base);
  const after = flatten(local);
  const set: Record<Pointer, Json> = {};
  for (const [path, value] of after) {
    if (!before.has(path) || !jsonEqual(before.get(path), value)) set[path] = value;
  }
  const unset = [...before.keys()].filter((path) => !after.has(path)).sort();
  return unset.length === 0 && Object.keys(set).length === 0 ? undefined : { set, unset };
}

/** Law: `applyPatch(base, diffTrees(base, local))` is `local`. */
export function applyPatch<T extends Tree>(base: T, patch: Patch | undefined): T {
  if (!patch) return base;
  const leaves = new Map(flatten(base));
  for (const path of patch.unset) leaves.delete(path);
  for (const [path, value] of Object.entries(patch.set)) leaves.set(path, value);
  return unflatten<T>(leaves);
}
