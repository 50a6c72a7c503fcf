import { accept, refuse, type Decision } from '../decision.js';
import type { ContentLookup } from '../definition/content.js';
import { Refusal } from '../errors.js';
import { parseInstalledComponentId, type ComponentId, type Digest } from '../ids.js';
import { isReportable } from '../upgrade/running.js';
import type { ReportComponentUpgrade } from './commands.js';
import type { AppEvent } from './events.js';
import type { UpgradeStep } from './upgrade-events.js';
import { findRun } from './find-run.js';
import { extended } from './lease.js';
import { digestsToRecord, recordOutcomes } from './record-outcomes.js';
import type { AppView } from './state.js';
import type { RunOf } from './upgrade-steps.js';

/**
 * An integration says how far it is with a component. In any order, and as often as it likes: what is known already changes nothing, and word that it
 * is still at it comes too late once it is known how that ended.
 * @param lookup holds what `digestsToReport` names.
 * @throws Refusal UPGRADE_OVER; BAD_USER_INPUT for a component that the upgrade does nothing to.
 */
export function reportComponentUpgrade(command: ReportComponentUpgrade, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const here = findRun(command.upgradeId, view);
  const { ids, run } = here;
  const { state, message, componentId } = command;
  const { templateComponentId: id, key } = stepOf(here, componentId);
  const before = run.reports.get(id);
  if (before && before.state !== 'RUNNING') {
    if (state === before.state || state === 'RUNNING') return accept([]);
    const said = `component "${key}" was reported ${before.state}, and not to be done again since: retryUpgrade lets failed components be done again`;
    return refuse('REPORT_CONTRADICTS', said, { componentId, reported: before.state });
  }
  const leaseUntil = extended(run.leaseUntil, { now: command.now, seconds: run.leaseSeconds });
  if (state !== 'RUNNING') return recordOutcomes([{ id, state, message, leaseUntil }], here, view, lookup);
  const isNews = before?.message !== message || !before || leaseUntil !== run.leaseUntil || run.status === 'UNKNOWN';
  const said = message !== undefined && { message };
  const data = { ...ids, componentId, templateComponentId: id, key, ...said, leaseUntil };
  return accept(isNews ? [{ type: 'ComponentUpgradeProgressed', data }] : []);
}

/** The contents that `reportComponentUpgrade` reads. @throws Refusal as it does. */
export function digestsToReport({ upgradeId, componentId, state }: ReportComponentUpgrade, view: AppView): Digest[] {
  const here = findRun(upgradeId, view);
  const { templateComponentId: id } = stepOf(here, componentId);
  return state === 'RUNNING' ? [] : digestsToRecord([{ id, state }], here, view);
}

function stepOf({ ids, run }: RunOf, componentId: ComponentId): UpgradeStep {
  const parsed = parseInstalledComponentId(componentId);
  const step = parsed?.installationId === ids.installationId ? run.steps.get(parsed.templateComponentId) : undefined;
  if (step && isReportable(step)) return step;
  const message = `componentId: upgrade ${run.upgradeId} does nothing to ${componentId}: its record lists the components that are to be reported`;
  throw new Refusal('BAD_USER_INPUT', message, { path: 'componentId', componentId });
}
