import type { UpgradeComponentRow, UpgradeRow } from '../../projections/upgrades/queries.js';
import { renameReferences } from '../domain/app/references.js';
import type { ContentLookup } from '../domain/definition/content.js';
import type { AppContent, Definition } from '../domain/definition/definition.js';
import { applyPatch } from '../domain/definition/patch.js';
import type { Digest } from '../domain/ids.js';
import { keysInTarget, type Manifest } from '../domain/template/manifest.js';
import { explainUpgrade, type UpgradeOutcome } from '../domain/upgrade/explain.js';
import type { FieldPlan } from '../domain/upgrade/plan.js';

/** Places settled by name, as `UpgradeStarted` recorded them. */
export type SettledPlaces = readonly { readonly componentKey: string; readonly path: string }[];

/** The contents that the fields of a component's record are told from. */
export function digestsOfRecord(row: UpgradeComponentRow, manifests: readonly [Manifest, Manifest]): Digest[] {
  const digests = row.componentId === null ? manifests.map(({ content }) => content) : [row.base, row.target];
  return [...digests, row.basePatch, row.targetPatch].filter((digest): digest is Digest => digest !== null);
}

/** What the upgrade did to a component, or to the app-level content, field by field. */
export function fieldsOfRecord(
  row: UpgradeComponentRow,
  kind: UpgradeRow['kind'],
  settled: SettledPlaces,
  [from, to]: readonly [Manifest, Manifest],
  lookup: ContentLookup,
): FieldPlan[] {
  const names = new Set([row.key, row.previousKey]);
  const places = new Set(settled.filter(({ componentKey }) => names.has(componentKey)).map(({ path }) => path));
  const patched = <Tree extends Definition | AppContent>(tree: Tree, patch: string | null): Tree =>
    applyPatch(tree, patch === null ? undefined : lookup.patch(patch as Digest));

  if (row.componentId === null) {
    const base = lookup.appContent(from.content);
    const target = lookup.appContent(to.content);
    const sides = { base, local: patched(base, row.basePatch), target, result: patched(target, row.targetPatch) };
    return explainUpgrade({ componentKey: '', ...sidesOf(kind, sides), settled: places });
  }
  const toTarget = keysInTarget(from, to);
  const base = row.base === null ? undefined : lookup.definition(row.base as Digest);
  const target = row.target === null ? undefined : lookup.definition(row.target as Digest);
  const local = base && patched(base, row.basePatch);
  const kept = row.action === 'KEEP' ? base && patched(base, row.targetPatch) : undefined;
  const sides = {
    base: row.unrelated ? {} : base && renameReferences(base, toTarget),
    local: local && renameReferences(local, toTarget),
    target,
    result: target ? patched(target, row.targetPatch) : kept,
  };
  return explainUpgrade({ componentKey: row.key, ...sidesOf(kind, sides), settled: places });
}

type Sides = Pick<UpgradeOutcome, 'base' | 'local' | 'target' | 'result'>;

/** A rollback merges with what there was, patches included, which its record does not have: it is told as what became of what there was. */
function sidesOf(kind: UpgradeRow['kind'], sides: Sides): Sides {
  return kind === 'UPGRADE' ? sides : { ...sides, base: sides.local, target: sides.target && sides.result };
}
