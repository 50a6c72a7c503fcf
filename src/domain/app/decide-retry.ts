import { accept, refuse, type Decision } from '../decision.js';
import { Refusal } from '../errors.js';
import { installedOf } from '../upgrade/installed-of.js';
import { isReportable, stepsReported, unreported } from '../upgrade/running.js';
import { requireHeldByNobody } from './carry-out.js';
import { requireFree } from './change-definition.js';
import type { RetryUpgrade } from './commands.js';
import type { AppEvent } from './events.js';
import type { UpgradeStep } from './upgrade-events.js';
import { findRun } from './find-run.js';
import { leaseUntil } from './lease.js';
import type { AppView, InstalledComponent } from './state.js';
import { upgradeRunning } from './under-way.js';
import type { RunOf } from './upgrade-steps.js';

/**
 * Lets an integration do again what failed, or was never heard of, with a new lease: the same steps of the same upgrade. What was done is not done
 * again. Since the plan was made on what stood then, it is refused where that was changed meanwhile.
 * @throws Refusal UPGRADE_OVER, UPGRADE_RUNNING.
 */
export function retryUpgrade({ upgradeId, lease, reason }: RetryUpgrade, view: AppView): Decision<AppEvent> {
  const here = findRun(upgradeId, view);
  const { ids, run } = here;
  if (run.status === 'RUNNING') throw upgradeRunning('nothing can be retried yet', run);
  const again = [...stepsReported(run, 'FAILED'), ...unreported(run)];
  if (again.length === 0) return refuse('UPGRADE_OVER', `upgrade ${upgradeId} is over, and nothing of it failed`, { upgradeId });
  if (run.status === 'ENDED') requireUnchanged(again, here, view);
  const leaseSeconds = lease.seconds ?? run.leaseSeconds;
  return accept([
    {
      type: 'UpgradeRetried',
      data: {
        ...ids,
        components: again.map(({ templateComponentId }) => templateComponentId),
        leaseSeconds,
        leaseUntil: leaseUntil(lease.now, leaseSeconds),
        ...(reason !== undefined && { reason }),
      },
    },
  ]);
}

/** @throws Refusal PLAN_OUTDATED, UPGRADE_RUNNING. */
function requireUnchanged(again: readonly UpgradeStep[], { ids, run }: RunOf, view: AppView): void {
  const here = installedOf(view, ids);
  const silent = [...run.steps.values()].filter((step) => !isReportable(step));
  const moved = [...again, ...silent].filter((step) => !standsAsPlanned(step, here.get(step.templateComponentId), view));
  const isContentMoved = run.content && run.content.basePatch !== view.state.installations.get(ids.installationId)?.contentPatch;
  if (moved.length > 0 || isContentMoved) {
    const what = [...moved.map(({ key }) => `"${key}"`), ...(isContentMoved ? ['the app-level content'] : [])].join(', ');
    throw new Refusal('PLAN_OUTDATED', `changed since the upgrade was planned: ${what}: upgrade again, which plans on what there is`, {
      components: moved.map(({ key }) => key),
    });
  }
  requireHeldByNobody([...again, ...silent], ids, view);
  for (const componentId of run.followers) requireFree(componentId, view);
}

/** Whether a component is what a step changes, and the key that it gives is free. */
function standsAsPlanned(
  { action, key, previousKey, base, basePatch }: UpgradeStep,
  local: InstalledComponent | undefined,
  view: AppView,
): boolean {
  const isTaken = view.components.some((other) => other.key === key && other !== local);
  if (action === 'ADD') return !local && !isTaken;
  if (!local || local.base !== base || local.patch !== basePatch) return false;
  return previousKey === undefined ? local.key === key : local.key === previousKey && !isTaken;
}
