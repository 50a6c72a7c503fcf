import { accept, type Decision } from '../decision.js';
import type { ContentLookup } from '../definition/content.js';
import { Refusal } from '../errors.js';
import { installedComponentId, type Digest, type UpgradeId } from '../ids.js';
import { unreported } from '../upgrade/running.js';
import type { SettleUpgrade } from './commands.js';
import type { AppEvent } from './events.js';
import { findRun } from './find-run.js';
import { digestsToRecord, recordOutcomes, type StepOutcome } from './record-outcomes.js';
import type { AppView } from './state.js';
import type { RunOf } from './upgrade-steps.js';

/** The lease of an upgrade has run out: nobody knows what became of what was not reported. Nothing where it was put off, or is over. */
export function expireUpgrade(upgradeId: UpgradeId, now: string, view: AppView): Decision<AppEvent> {
  const { ids, run } = findRun(upgradeId, view);
  const { leaseUntil, status } = run;
  if (status !== 'RUNNING' || Date.parse(now) < Date.parse(leaseUntil)) return accept([]);
  return accept([{ type: 'UpgradeOutcomeUnknown', data: { ...ids, leaseUntil } }]);
}

/**
 * Somebody says what became of the components that were not reported, and ends the upgrade by it.
 * @param lookup holds what `digestsToSettle` names.
 * @throws Refusal UPGRADE_OVER; BAD_USER_INPUT where it is not said of each of them, or of another one.
 */
export function settleUpgrade(command: SettleUpgrade, view: AppView, lookup: ContentLookup): Decision<AppEvent> {
  const here = findRun(command.upgradeId, view);
  const outcomes = outcomesOf(command, here);
  const recorded = recordOutcomes(outcomes, here, view, lookup);
  if (!recorded.accepted) return recorded;
  const those = (state: StepOutcome['state']): StepOutcome['id'][] => outcomes.filter((each) => each.state === state).map(({ id }) => id);
  const settled: AppEvent = {
    type: 'UpgradeSettled',
    data: {
      ...here.ids,
      completed: those('COMPLETED'),
      failed: those('FAILED'),
      ...(command.reason !== undefined && { reason: command.reason }),
    },
  };
  return accept([settled, ...recorded.events], recorded.contents);
}

/** The contents that `settleUpgrade` reads. @throws Refusal as it does. */
export function digestsToSettle(command: SettleUpgrade, view: AppView): Digest[] {
  const here = findRun(command.upgradeId, view);
  return digestsToRecord(outcomesOf(command, here), here, view);
}

function outcomesOf({ outcome, components, reason }: SettleUpgrade, { ids, run }: RunOf): StepOutcome[] {
  const { upgradeId } = run;
  if (run.status === 'ENDED') throw new Refusal('UPGRADE_OVER', `upgrade ${upgradeId} is over: nothing of it is open`, { upgradeId });
  const open = unreported(run).map(({ templateComponentId: id, key }) => ({
    id,
    key,
    componentId: installedComponentId(ids.installationId, id),
  }));
  const unknown = [...components.keys()].filter((componentId) => !open.some((each) => each.componentId === componentId));
  if (unknown.length > 0) {
    const message = `components: ${unknown.join(', ')}: not a component of the upgrade, or reported already`;
    throw new Refusal('BAD_USER_INPUT', message, { path: 'components', components: unknown });
  }
  return open.map(({ id, key, componentId }) => {
    const state = components.get(componentId) ?? outcome;
    if (state) return { id, state, message: reason };
    throw new Refusal('BAD_USER_INPUT', `say what became of "${key}", too: by components, or by outcome of all that are not named`, {
      path: 'outcome',
      componentId,
    });
  });
}
