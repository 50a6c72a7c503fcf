import { expect } from 'vitest';
import { renameReferences } from '../../src/domain/app/references.js';
import type { UpgradePlan } from '../../src/domain/upgrade/plan.js';
import { leafMap, type Tree } from './model.js';

type Definitions = ReadonlyMap<string, { readonly id: string; readonly tree: Tree }>;

export interface Rollback {
  /** Just after the upgrade, and just before its rollback: what differs was edited. */
  readonly start: Definitions;
  readonly end: Definitions;
  readonly result: Definitions;
  /** Whose side every conflict was settled by. */
  readonly side: 'LOCAL' | 'TEMPLATE';
  /** With its conflicts. */
  readonly plan: UpgradePlan;
}

/** That no edit made since an upgrade is lost silently by its rollback: each is kept, or was asked about and is what was chosen. */
export function expectEditsKept({ start, end, result, side, plan }: Rollback): void {
  const [before, edited, after] = [named(start, end), named(end, end), named(result, end)];
  for (const [id, tree] of before) if (!edited.has(id)) expect(after.get(id), `${tree.key} was removed`).toBeUndefined();
  const removed = [...start].flatMap(([key, { id }]) => (edited.has(id) ? [] : [key]));
  for (const [id, tree] of edited) {
    // A reference to what was removed shows under the key of the template again.
    const shown = removed.some((key) => Object.hasOwn(before.get(id)?.dependsOn ?? {}, key));
    const fields = plan.components.find(({ componentId }) => componentId === id)?.fields ?? [];
    const kept = after.get(id);
    const asked = (path: string): boolean =>
      fields.some(
        (field) =>
          field.outcome === 'CONFLICT' &&
          (field.path === path || field.path === '' || path.startsWith(`${field.path}/`) || field.path.startsWith(`${path}/`)),
      );
    const [from, to, now] = [leafMap(before.get(id)), leafMap(tree), leafMap(kept)];
    for (const path of new Set([...from.keys(), ...to.keys()])) {
      if (from.get(path) === to.get(path) || fields.some((field) => field.path === path && (field.outcome === 'MERGED' || field.hunks)))
        continue;
      if (shown && /^\/(dependsOn|extra\/depends_on)\//.test(path)) continue;
      if (asked(path) && side === 'TEMPLATE') continue;
      expect(now.get(path), `${tree.key} ${path}`).toBe(to.get(path));
    }
  }
}

/** By id, their references under the names of another time: a reference that follows a key is no edit. */
function named(definitions: Definitions, asIn: Definitions): Map<string, Tree> {
  const nameOf = new Map([...asIn].map(([key, { id }]) => [id, key]));
  const name = (key: string): string => nameOf.get(definitions.get(key)?.id ?? '') ?? key;
  return new Map([...definitions.values()].map(({ id, tree }) => [id, renameReferences(tree, name)]));
}
