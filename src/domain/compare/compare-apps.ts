import type { AppEvent } from '../app/events.js';
import { mappedTo } from '../blame/steps.js';
import type { AppContent, Definition } from '../definition/definition.js';
import type { ComponentId } from '../ids.js';
import { compareTrees } from './compare-trees.js';
import type { ChangeKind, ComponentDifference, ManifestComparison } from './compare-manifests.js';
import { withRisks } from './risks.js';

/** An app at a moment: its definitions with the local changes of installs and the keys of the app, and what stands beside them. */
export interface AppThen {
  readonly components: ReadonlyMap<ComponentId, Definition>;
  readonly content: AppContent;
}

/** An app that is not there. */
export const NO_APP: AppThen = { components: new Map(), content: {} };

/**
 * What became of an app from one moment to a later one, component by component and leaf by leaf: those of `after` in its order, then those that are gone.
 * A component is told by its id, through being mapped to another one.
 * @param between the events of the app between the two, oldest first: at least those that map components.
 */
export function compareApps(before: AppThen, after: AppThen, between: readonly { readonly event: AppEvent }[]): ManifestComparison {
  const kept = [...after.components].map(([id, now]) => [idBefore(id, between), now] as const);
  const there = new Set(kept.map(([id]) => id));
  const gone = [...before.components].filter(([id]) => !there.has(id));
  return {
    components: [
      ...kept.map(([id, now]) => differenceOf(before.components.get(id), now)),
      ...gone.map(([, old]) => differenceOf(old, undefined)),
    ],
    appFields: compareTrees(before.content, after.content),
  };
}

/** The id that a component had before it was mapped. */
function idBefore(id: ComponentId, between: readonly { readonly event: AppEvent }[]): ComponentId {
  return between.reduceRight(
    (had, { event: { type, data } }) => (type === 'ComponentMapped' && mappedTo(data) === had ? data.componentId : had),
    id,
  );
}

function differenceOf(before: Definition | undefined, after: Definition | undefined): ComponentDifference {
  const fields = withRisks(before, after, compareTrees(before, after));
  const change = changeOf(before, after, fields.length === 0);
  const key = after?.key ?? before?.key ?? '';
  return { key, ...(change === 'RENAMED' && before && { previousKey: before.key }), change, fields };
}

function changeOf(before: Definition | undefined, after: Definition | undefined, same: boolean): ChangeKind {
  if (!before) return 'ADDED';
  if (!after) return 'REMOVED';
  if (before.key !== after.key) return 'RENAMED';
  return same ? 'UNCHANGED' : 'CHANGED';
}
