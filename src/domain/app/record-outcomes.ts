import { accept, type Decision } from '../decision.js';
import type { ContentLookup } from '../definition/content.js';
import { installedComponentId, type Digest, type InstallationId, type TemplateComponentId } from '../ids.js';
import { componentsBeside } from '../upgrade/installed-of.js';
import { unreported, type UpgradeRun } from '../upgrade/running.js';
import { changeDefinition, type Change } from './change-definition.js';
import { definitionOf, digestsOf } from './components.js';
import { digestsToEnd, endRun } from './end-run.js';
import type { AppEvent } from './events.js';
import { evolvedView } from './evolved-view.js';
import { renameReferences } from './references.js';
import { standingView, type AppView } from './state.js';
import { componentUpgraded, type RunOf, type StepReport, type UpgradeIds } from './upgrade-steps.js';

/** What became of a component. */
export interface StepOutcome extends StepReport {
  readonly id: TemplateComponentId;
  readonly state: 'COMPLETED' | 'FAILED';
}

/**
 * Records what became of components. What depends, outside the installation, on one that now has another key follows with it, so that no reference
 * is ever to what is not there. After the last one the upgrade ends, in the same append.
 * @param lookup holds what `digestsToRecord` names.
 */
export function recordOutcomes(
  outcomes: readonly StepOutcome[],
  { ids, run }: RunOf,
  view: AppView,
  lookup: ContentLookup,
): Decision<AppEvent> {
  const told = outcomes.map((outcome) => toEvent(outcome, ids, run));
  const follows = followKeys(renamesOf(outcomes, run), ids.installationId, evolvedView(view, told), lookup);
  const events = [...told, ...follows.map(({ event }) => event)];
  const contents = follows.flatMap((change) => change.contents);
  const now = evolvedView(view, events);
  const runNow = now.state.installations.get(ids.installationId)?.run;
  if (!runNow) throw new Error(`upgrade ${ids.upgradeId} is lost by what is reported of it`);
  if (unreported(runNow).length > 0) return accept(events, contents);
  const end = endRun({ ids, run: runNow }, now, lookup);
  return accept([...events, ...end.events], [...contents, ...end.contents]);
}

/** The contents that `recordOutcomes` reads. */
export function digestsToRecord(outcomes: readonly Pick<StepOutcome, 'id' | 'state'>[], { ids, run }: RunOf, view: AppView): Digest[] {
  const beside = renamesOf(outcomes, run).size > 0 ? componentsBeside(standingView(view), ids.installationId) : [];
  const told = new Set(outcomes.map(({ id }) => id));
  const isLast = unreported(run).every(({ templateComponentId }) => told.has(templateComponentId));
  return [...beside.flatMap(digestsOf), ...(isLast ? digestsToEnd({ ids, run }, view) : [])];
}

function toEvent({ id, state, message, leaseUntil }: StepOutcome, ids: UpgradeIds, run: UpgradeRun): AppEvent {
  const step = run.steps.get(id);
  if (!step) throw new Error(`upgrade ${run.upgradeId} does nothing to ${id}`);
  if (state === 'COMPLETED') return componentUpgraded(ids, step, { message, leaseUntil });
  const componentId = installedComponentId(ids.installationId, id);
  const report = { ...(message !== undefined && { message }), ...(leaseUntil !== undefined && { leaseUntil }) };
  return { type: 'ComponentUpgradeFailed', data: { ...ids, componentId, templateComponentId: id, key: step.key, ...report } };
}

/** Keys that components had to those that they have once what is reported of them is done. */
function renamesOf(outcomes: readonly Pick<StepOutcome, 'id' | 'state'>[], { steps }: UpgradeRun): ReadonlyMap<string, string> {
  const done = outcomes.filter(({ state }) => state === 'COMPLETED').flatMap(({ id }) => steps.get(id) ?? []);
  return new Map(done.flatMap(({ key, previousKey }) => (previousKey === undefined ? [] : [[previousKey, key] as const])));
}

/** Told on what stands, so that nothing that is only wanted of another key is taken for done. */
function followKeys(renames: ReadonlyMap<string, string>, of: InstallationId, view: AppView, lookup: ContentLookup): Change[] {
  if (renames.size === 0) return [];
  const standing = standingView(view);
  return componentsBeside(standing, of).flatMap((component) => {
    const before = definitionOf(component, standing, lookup);
    const follows = renameReferences(before, (key) => renames.get(key) ?? key);
    return follows === before ? [] : (changeDefinition(component, follows, standing, standing.names, lookup) ?? []);
  });
}
