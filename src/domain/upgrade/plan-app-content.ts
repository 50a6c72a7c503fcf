import { manifestAt, type AppView, type Installation } from '../app/state.js';
import { compareTrees } from '../compare/compare-trees.js';
import type { ContentLookup } from '../definition/content.js';
import type { AppContent } from '../definition/definition.js';
import { applyPatch, diffTrees } from '../definition/patch.js';
import { toAppContent } from '../definition/schema.js';
import type { Digest } from '../ids.js';
import { mergeTrees } from '../merge/merge-trees.js';
import type { PlanChoices } from './choices.js';
import type { FieldPlan, PatchChange } from './plan.js';
import type { Target } from './target.js';

/** The app-level content of an installation and of a target, and what local changes are told against. */
export interface ContentCase {
  readonly view: AppView;
  readonly installation: Installation;
  readonly target: Target;
  readonly ancestor: AppContent | undefined;
}

export interface PlannedContent {
  readonly appFields: readonly FieldPlan[];
  readonly appContentPatch: PatchChange;
}

export function planAppContent(
  { view, installation, target, ancestor }: ContentCase,
  choices: PlanChoices,
  lookup: ContentLookup,
): PlannedContent {
  const before = installation.contentPatch;
  const current = manifestAt(view, installation).content;
  const wanted = target.content;
  if (current === wanted.base && !before && !wanted.patch && !ancestor)
    return { appFields: [], appContentPatch: { before, after: undefined } };
  const standsOn = lookup.appContent(current);
  const base = ancestor ?? standsOn;
  const local = applyPatch(standsOn, before && lookup.patch(before));
  const targetBase = lookup.appContent(wanted.base);
  const to = applyPatch(targetBase, wanted.patch && lookup.patch(wanted.patch));
  const merged = mergeTrees({ base, local, target: to }, choices.of(''));
  const result = toAppContent(merged.result);
  const risks = new Map(compareTrees(local, result).map(({ path, risk }) => [path, risk]));
  const appFields = merged.fields.map((field): FieldPlan => {
    const risk = risks.get(field.path);
    return { ...field, componentKey: '', ...(risk && { risk }) };
  });
  return { appFields, appContentPatch: { before, after: diffTrees(targetBase, result) } };
}

/** The contents that `planAppContent` reads. */
export function digestsOfContent({ view, installation, target, ancestor }: ContentCase): (Digest | undefined)[] {
  const { content } = manifestAt(view, installation);
  const { base, patch } = target.content;
  const nothing = content === base && !installation.contentPatch && !patch && !ancestor;
  return nothing ? [] : [content, base, installation.contentPatch, patch];
}
