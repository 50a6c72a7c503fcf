import type { Decision } from '../decision.js';
import type { UpgradeId } from '../ids.js';
import type { Run } from '../upgrade/runs.js';
import { compareVersions, requireVersion } from '../version.js';
import { applyPlan } from './apply-plan.js';
import type { RollBackUpgrade } from './commands.js';
import type { AppEvent } from './events.js';
import type { AppView } from './state.js';

/**
 * Puts an installation back as planned. It is kept from the versions of the upgrades that are undone, where they are larger than the one that it comes
 * to stand at; what kept it from versions, and is itself undone, no longer does.
 */
export function rollBackUpgrade(command: RollBackUpgrade, view: AppView): Decision<AppEvent> {
  const { rollsBack, pendingVersion, reason, plan } = command;
  const { undone, reinstated } = command.undoing;
  const undoneIds = idsOf(undone);
  const holds = [...(view.state.installations.get(plan.installationId)?.holds ?? [])];
  const released = holds.filter(([, { upgradeId }]) => undoneIds.includes(upgradeId)).map(([version]) => version);
  const floor = requireVersion(plan.toVersion);
  const left = undone.filter(({ kind, toVersion }) => kind === 'UPGRADE' && compareVersions(requireVersion(toVersion), floor) > 0);
  const held = [...new Set(left.map(({ toVersion }) => toVersion))];
  return applyPlan(command, view, {
    started: (data) => ({ type: 'RollbackStarted', data: { ...data, rollsBack, undoes: undoneIds } }),
    ended: (data) => ({
      type: 'AppRolledBack',
      data: {
        ...data,
        ...(pendingVersion !== undefined && { pendingVersion }),
        undone: undoneIds,
        reinstated: idsOf(reinstated),
        held,
        released: released.filter((version) => !held.includes(version)),
        ...(reason !== undefined && { reason }),
      },
    }),
  });
}

function idsOf(runs: readonly Run[]): UpgradeId[] {
  return runs.map(({ upgradeId }) => upgradeId);
}
